export default {
  duty: {
    seat: "接听、记录、答复，把自己受理的求助件办到结案。",
    supervisor: "当日值班，指派受理人，处理逾期和不满意的求助件。",
    administrator: "管理人员、坐席、档案和设置。",
    dispatcher: "接收前台转来的需求，选派服务人员或加盟单位，跟到服务完成。",
    group_leader: "处理质量差、不满意和异常报告，管好派工与回访。",
    department_head: "核准移交、外派，签字存档，布置交办事项。",
    business_development: "接收移交的求助件，为满足不了的需求寻找服务单位。",
    finance: "登记收费，开具收据，按派工单核对。",
    auditor: "查看求助件、签批和留痕，不作改动。",
  },
};
