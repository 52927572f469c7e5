export default {
  print: { back: "Back", print: "Print", number: "No.", qr: "Scan to open", original: "Original", copy: "Copy" },
};
