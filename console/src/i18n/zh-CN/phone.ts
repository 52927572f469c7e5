export default {
  phone: {
    device: "响铃", desk: "桌上话机", browser: "浏览器", settings: "耳机与麦克风", deskOk: "话机正常", browserOk: "浏览器话机正常",
    desk_gone: "话机未注册", desk_silent: "话机无响应", line_connecting: "正在连接…", line_lost: "未接通交换机",
    microphone_lost: "没有麦克风", microphone_denied: "麦克风被禁止", microphone_unsupported: "不能用麦克风",
    help_desk_gone: "话机不在线，来电无法振铃。请检查话机网线，或改用浏览器接听。", help_desk_silent: "话机没有响应，来电可能无法振铃。请检查话机网线，或改用浏览器接听。",
    help_line_lost: "浏览器话机没有注册，来电无法振铃。正在自动重连；着急请改用桌上话机。",
    help_microphone_lost: "麦克风断开了，系统已停止派来电。请插好耳机，恢复后按 F2 就绪。",
    help_microphone_denied: "浏览器禁止了麦克风。请点地址栏的锁形图标，允许使用麦克风。",
    help_microphone_unsupported: "这个网址不是 HTTPS，浏览器不允许使用麦克风。请改用桌上话机，并告诉管理员。",
    ringing: "来电振铃，请在这里接听", answer: "接听", coming: "正在接通您的浏览器…", mute: "静音", unmute: "取消静音", mutedNote: "已静音，对方听不到您",
    elsewhere: "这通电话的声音在另一个页面里", microphone: "麦克风", speaker: "听筒", usual: "系统默认", level: "对着麦克风说话，绿条应当跳动", processing: "消除回声和噪声",
    hold: "搁置", unhold: "恢复通话", held: "对方在听音乐", keypad: "按键",
    listener_listen: "{name} 正在旁听", listener_whisper: "{name} 正在对您耳语", listener_barge: "{name} 已加入通话",
    renew: "换新密码", renewSure: "旧密码立即作废，这部话机要重新填写密码才能接听。", renewYes: "确认换新",
    notice: "来电，请接听", noticeAllow: "切到别的窗口时也弹出来电提醒",
  },
};
