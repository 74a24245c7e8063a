// swift-tools-version: 6.1
import PackageDescription

// Fuzzing, apart from the library: everything in it is built with libFuzzer's instrumentation.
// `Scripts/fuzz` builds and runs it.
let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "swift-peft", path: "../..")],
  targets: [
    .executableTarget(
      name: "Fuzzer", dependencies: [.product(name: "FuzzTargets", package: "swift-peft")])
  ],
  swiftLanguageModes: [.v6]
)
