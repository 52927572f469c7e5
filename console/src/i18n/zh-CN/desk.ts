export default {
  desk: {
    ready: "就绪", pause: "暂离", pauseWhy: "暂离原因", limit: "限 {minutes} 分钟", emergencyOnly: "只接紧急求助",
    phoneOk: "话机正常", phoneGone: "话机未注册", phoneUnreachable: "话机无响应", phoneHelp: "话机不在线，来电无法振铃。请检查话机网线，或告诉值班主任。",
    noSeat: "您还没有坐席，请退出后选一个坐席登录。", over: "已超时",
    call: "当前通话", noCall: "没有通话", ringing: "您桌上的电话正在振铃，请拿起听筒", ringsOn: "第 {count} 次派给坐席", decline: "转给下一位",
    talking: "正在通话", hangUp: "挂断", wrapUp: "通话后整理", wrapUpLeft: "剩余整理时间", waitingFor: "已等待", connecting: "正在呼叫您的话机…",
    ended: "通话已结束", callbackState: "对方已挂机，须回拨", lines: "多个求助件，点选切换",
    waiting: "等待与紧急", noWaiting: "没有人在等待", take: "我来接", wait: "等待", position: "第 {n} 位", unsettled: "未了结", level: "按键 {n} 次",
    tasks: "待回拨", noTasks: "没有待回拨", due: "应在 {time} 前", overdue: "已逾期 {time}", atOnce: "立即回拨 {time}", takeTask: "我来回拨", takenBy: "{name} 处理中", done: "完成",
    taskTitle: "完成回拨", taskOutcome: "回拨结果", taskNote: "说明", openCase: "查看", dial: "请用话机拨打 {number}",
    idleTitle: "准备就绪", idleUnheard: "已就绪，但电话不会响", idlePaused: "暂离中", idleText: "来电时，老人的资料会先于电话铃声出现在这里。", pausedText: "暂离期间不会派来电。回来后请按 F2。", offlineText: "按 F2 开始接听。",
    today: "今日", keys: "快捷键", lists: "等待与待回拨", keyHold: "搁置 / 恢复", keyKeypad: "按键盘", keyTransfer: "转接", keyComplete: "完成转接", keyBack: "取消转接", keyBring: "邀请加入", keyCallOut: "外呼", keyPages: "页面导航", keyReady: "就绪", keyPause: "暂离", keyAnswer: "接听（浏览器）", keyMute: "静音（浏览器）", keyHangUp: "挂断", keyDecline: "转给下一位", keyTake: "接第一个等待", keySubmit: "提交办理结果", keyNote: "写记录", keyForm: "写办理结果", keySettle: "了结紧急求助", keyBoard: "展开/收起求助板", keyCharge: "我来负责", keyFamily: "呼叫家属", key120: "呼叫 120", keyJoin: "全部加入通话", keySafe: "已确认平安", keyFalse: "误触", keyClose: "关闭",
    flash: "来电", flashRed: "紧急求助", restored: "已恢复上次未提交的内容",
  },
  figures: {
    calls: "来电", answered: "已接", inTime: "{seconds} 秒内接听", abandoned: "未接通挂机", calledBack: "已回拨", waiting: "正在等待", longest: "最长等待", red: "紧急未了结", readySeats: "就绪坐席", nobody: "无人等待", target: "目标 ≥ {value}",
  },
  person: {
    unknown: "未登记号码", unknownText: "档案中没有这个号码。可查找已有老人，或一步建档。", anonymous: "匿名来电", anonymousText: "对方未显示号码，无法自动识别。请先问清姓名和住址，再查找档案。",
    choose: "该号码登记了 {count} 位老人，请确认是哪一位", chooseThis: "是这位", again: "换一位", find: "姓名、拼音、首字母、号码或住址", noHits: "没有找到", create: "新建老人", createButton: "建档", name: "姓名", gender: "性别", female: "女", male: "男", numberKept: "将登记来电号码 {number}", switchCreate: "新建", switchFind: "查找",
    age: "{age} 岁", dialect: "说{dialect}", ear_left: "左耳听力较好", ear_right: "右耳听力较好", ear_both: "双耳听力正常", alone: "独居", address: "住址", door: "门禁", keyHolder: "备用钥匙",
    illnesses: "病史", medication: "用药", allergies: "过敏", hospital: "常去医院", blood: "血型", medical: "健康", none: "无记录", department: "所属社养部", card: "服务卡", cardUntil: "有效期至 {date}", noCard: "未办服务卡", cardExpired: "已过期",
    contacts: "联系人", answerRate: "接通率 {rate}", terminals: "一键通", battery: "电量 {percent}%", batteryLow: "电量低 {percent}%", lastSeen: "最近在线 {time}", lastTest: "最近测试 {time}", recent: "近期求助", remarks: "备注", born: "{date} 生",
    reading: "正在读取档案…", numbers: "号码",
  },
  work: {
    form: "办理结果", category: "求助类别", unreasonable: "不合理求助", unreasonableWhy: "属于", explanation: "向求助者作出的说明", disposition: "处理方式", summary: "情况摘要", summaryHint: "老人的需求、现场情况、已联系的人、结果", submit: "提交办理结果", submitted: "已提交", closes: "直接结案",
    saved: "已保存", saving: "保存中…", local: "已保存在本机", notes: "记录", note: "随手记录", noteHint: "通话中要点，提交后写入处理过程", noteSubmit: "记入过程", timeline: "处理过程", recordings: "录音", noRecordings: "没有录音", notYet: "接通后在此填写办理结果。",
    settle: "了结紧急求助", settleTitle: "确认老人已平安或已有人接手", settleOutcome: "结果", settleNote: "依据（联系了谁、如何确认）", settleConfirm: "确认了结", redBand: "紧急求助", redOpen: "尚未了结", redSettled: "紧急已了结", levelText: "已按键 {n} 次", safeMode: "来电时呼叫服务未能接手，请核对并补记。",
    play: "播放", pause: "暂停", loadingAudio: "正在读取录音…", recNow: "录音中", recLost: "录音丢失", recDiscarded: "录音已删除：老人不同意录音", notRecorded: "不录音", notRecordedWhy: "老人不同意或已撤回录音同意；紧急求助照常录音", recStored: "录音 {n}", speed: "倍速", journalled: "收听录音会留下记录", position: "播放位置",
  },
};
