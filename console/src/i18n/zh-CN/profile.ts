export default {
  profile: {
    edit: "修改", history: "历史", editing: "修改档案：{name}", save: "保存（{count} 项）", saveAnyway: "仍保存我的修改", listHint: "用“、”分开；没有则留空", terminalHint: "终端序列号，用“、”分开", cardUntil: "卡有效期",
    contactsHint: "紧急时按此顺序拨打", contactName: "姓名", contactRelation: "关系", contactNumber: "电话", contactAdd: "增加联系人", up: "上移", down: "下移", remove: "去掉",
    historyOf: "档案历史：{name}", noHistory: "还没有人修改过这份档案。", restore: "恢复到这一版", version: "第 {n} 版", empty: "空", yes: "是", no: "否",
    kind_found: "修改前的原档案", kind_edit: "修改", kind_import: "导入", kind_link: "登记来电号码", kind_restore: "恢复第 {n} 版的内容",
    f_name: "姓名", f_gender: "性别", f_birth_date: "出生日期", f_dialect: "方言", f_better_ear: "听力较好的耳朵", f_address: "住址", f_door_code: "门禁", f_key_holder: "备用钥匙", f_lives_alone: "独居", f_illnesses: "病史", f_medication: "用药", f_allergies: "过敏", f_hospital: "常去医院", f_blood_type: "血型", f_remarks: "备注", f_district: "区域", f_numbers: "电话", f_card: "服务卡", f_contacts: "联系人", f_terminals: "一键通",
    v_f: "女", v_m: "男", v_left: "左耳", v_right: "右耳", v_both: "双耳", map: "地图", script: "现在可以说", link: "是这位，并登记此号码",
  },
};
