export default {
  print: { back: "返回", print: "打印", number: "编号", qr: "扫码打开", original: "原件", copy: "复印件" },
};
