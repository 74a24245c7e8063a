// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "OutsideTuner",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "swift-peft", path: "../..")],
  targets: [
    .target(name: "LoraXS", dependencies: [.product(name: "TunerKit", package: "swift-peft")]),
    .executableTarget(
      name: "my-peft",
      dependencies: [
        "LoraXS", .product(name: "Peft", package: "swift-peft"),
        .product(name: "PeftCommands", package: "swift-peft"),
      ]),
    .testTarget(
      name: "LoraXSTests",
      dependencies: ["LoraXS", .product(name: "PluginContract", package: "swift-peft")]),
  ]
)
