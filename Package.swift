// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "swift-peft",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "Peft", targets: ["Peft"]),
    .library(name: "TunerKit", targets: ["TunerKit"]),
    .library(name: "LoRA", targets: ["LoRA"]),
    .library(name: "RandLora", targets: ["RandLora"]),
    .library(name: "PeftCommands", targets: ["PeftCommands"]),
    .library(name: "PeftTokenizers", targets: ["PeftTokenizers"]),
    .library(name: "PluginContract", targets: ["PluginContract"]),
    .library(name: "FuzzTargets", targets: ["FuzzTargets"]),
    .executable(name: "peft", targets: ["PeftCLI"]),
  ],
  traits: [
    .trait(
      name: "oneDNN",
      description: "Products of matrices through oneDNN, also of bfloat16; without it, CBLAS."),
    .default(enabledTraits: ["oneDNN"]),
  ],
  dependencies: [
    // The command line: parsing, help texts and exit codes.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    // Ordered dictionaries: dimensions, fields and modules keep the order they were written in.
    .package(url: "https://github.com/apple/swift-collections", from: "1.1.0"),
  ],
  targets: [
    // The reference YAML parser; it reports line and column of everything it reads.
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1",
      providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    // Regular expressions with limits: patterns come from files that strangers wrote.
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
    // Dense products at the speed of the machine, in oneDNN 2 and 3. Only with the trait of that name.
    .systemLibrary(
      name: "COneDNN", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    // Decompositions: eigenvectors and QR; and dense products without oneDNN. Any LAPACK with BLAS will do:
    // OpenBLAS is the fast one, macOS has Accelerate.
    .systemLibrary(
      name: "CLAPACK", providers: [.apt(["libopenblas-dev"])]),
    // Compressed rows of data: reads gzip of any length piece by piece, and checks it. macOS has it.
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),

    // The platform's C library under one name.
    .target(name: "PeftPlatform"),
    // Calls to the file system that Swift does not see.
    .target(name: "CFiles"),
    // What every target needs and none owns: diagnoses, files, JSON, patterns, text.
    .target(
      name: "PeftBasics",
      dependencies: [
        "PeftPlatform", "CFiles", "CPCRE2",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "ModelGraph",
      dependencies: [
        "PeftBasics", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "ModelDescription",
      dependencies: [
        "ModelGraph", "PeftBasics", "PeftPlatform", "CLibYAML",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "TunerKit",
      dependencies: [
        "ModelGraph", "PeftBasics",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .target(
      name: "LoRA",
      dependencies: [
        "TunerKit", .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      path: "Plugins/LoRA"),
    .target(name: "RandLora", dependencies: ["TunerKit"], path: "Plugins/RandLora"),
    // Numbers in memory, as files and the core exchange them.
    .target(name: "PeftTensors", dependencies: ["CKernels"]),
    .target(name: "PeftCheckpoints", dependencies: ["PeftBasics", "ModelGraph", "PeftTensors"]),
    // Inner loops that Swift does not vectorise portably.
    .target(name: "CKernels"),
    .target(
      name: "CPUCore",
      dependencies: [
        "PeftBasics", "PeftPlatform", "ModelGraph", "PeftTensors", "CKernels", "CLAPACK",
        .target(name: "COneDNN", condition: .when(traits: ["oneDNN"])),
      ]),
    // Text to the numbers that language models read, and back.
    .target(name: "PeftTokenizers", dependencies: ["PeftBasics"]),
    // Conversations to the text that a language model reads: a checkpoint's chat template.
    .target(
      name: "PeftTemplates",
      dependencies: [
        "PeftBasics", "PeftPlatform",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // Tables, records and charts.
    .target(
      name: "PeftReports",
      dependencies: [
        "PeftBasics", "PeftPlatform",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // Models with adapters, adapters' folders, budgets, merging, conversion to LoRA.
    .target(
      name: "PeftAdapters",
      dependencies: [
        "PeftBasics", "PeftPlatform", "PeftReports", "PeftCheckpoints", "PeftTensors",
        "PeftTokenizers",
        "CPUCore", "ModelDescription", "ModelGraph", "TunerKit", "LoRA",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // How well a model does on data; decoding will come here.
    .target(
      name: "PeftGeneration",
      dependencies: [
        "PeftAdapters", "PeftReports", "PeftBasics", "PeftPlatform", "PeftTensors",
        "PeftTokenizers",
        "PeftTemplates", "CPUCore", "ModelGraph", "TunerKit",
      ]),
    // Recipes, data, objectives, the run, bake-offs.
    .target(
      name: "PeftTraining",
      dependencies: [
        "PeftGeneration", "PeftAdapters", "PeftReports", "PeftBasics", "PeftPlatform",
        "PeftCheckpoints", "PeftTensors", "PeftTokenizers", "PeftTemplates", "CPUCore", "CKernels",
        "CZlib", "ModelDescription", "ModelGraph",
        "TunerKit", .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    // The umbrella: what `import Peft` gives, with the tuners that come with the library.
    .target(
      name: "Peft",
      dependencies: ["PeftTraining", "PeftGeneration", "PeftAdapters", "LoRA", "RandLora"]),
    // The command as a library: a `peft` with tuners of one's own is a package that depends on it.
    .target(
      name: "PeftCommands",
      dependencies: [
        "Peft", "PeftReports", "PeftBasics", "PeftPlatform", "PeftTokenizers",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(name: "PeftCLI", dependencies: ["Peft", "PeftCommands"]),

    // Folders, fixtures, random numbers and processes for tests.
    .target(name: "PeftTestSupport", path: "Tests/PeftTestSupport"),
    .testTarget(
      name: "PeftBasicsTests",
      dependencies: ["PeftBasics", "ModelGraph", "PeftCheckpoints", "PeftTestSupport"]),
    .testTarget(name: "ModelGraphTests", dependencies: ["ModelGraph", "PeftTestSupport"]),
    .testTarget(
      name: "ModelDescriptionTests",
      dependencies: ["ModelDescription", "PeftBasics", "PeftTestSupport"]),
    .testTarget(
      name: "TunerKitTests", dependencies: ["TunerKit", "PeftBasics", "PeftTestSupport"]),
    .testTarget(
      name: "PeftTensorsTests", dependencies: ["CKernels", "PeftTensors", "PeftTestSupport"]),
    .testTarget(
      name: "PeftCheckpointsTests",
      dependencies: [
        "PeftBasics", "PeftCheckpoints", "PeftTensors", "PeftTestSupport", "SavingForever",
      ]),
    // Saves a folder again and again, until a test kills it.
    .executableTarget(
      name: "SavingForever", dependencies: ["PeftBasics", "PeftCheckpoints", "PeftTensors"],
      path: "Tests/SavingForever"),
    // Eight tasks that ask one model again and again.
    .executableTarget(name: "AskingTasks", dependencies: ["Peft"], path: "Tests/AskingTasks"),
    // A host of the library that has signal handlers of its own; the timer that signals it is in C.
    .executableTarget(
      name: "SignalledHost",
      dependencies: ["Peft", "ModelDescription", "PeftTensors", "IntervalTimer"],
      path: "Tests/SignalledHost"),
    .target(name: "IntervalTimer", path: "Tests/IntervalTimer"),
    // Writes adapters that a script then loads with PEFT.
    .executableTarget(
      name: "WrittenAdapters", dependencies: ["Peft", "CPUCore"], path: "Tests/WrittenAdapters"),
    .testTarget(
      name: "CPUCoreTests",
      dependencies: [
        "CPUCore", "CKernels", "PeftPlatform", "PeftTensors", "PeftTestSupport", "ModelGraph",
      ]),
    // The suite that every tuner passes. A product, so that tuners elsewhere can run it too.
    .target(
      name: "PluginContract",
      dependencies: [
        "Peft", "PeftTestSupport",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ],
      path: "Tests/PluginContract"),
    .testTarget(
      name: "PluginContractTests",
      dependencies: ["PluginContract", "Peft", "PeftCommands", "PeftTestSupport", "TunerKit"]),
    .testTarget(
      name: "LoRATests", dependencies: ["LoRA", "TunerKit", "PluginContract", "PeftTestSupport"]),
    .testTarget(name: "RandLoraTests", dependencies: ["RandLora", "TunerKit", "PluginContract"]),
    // Replays what Hugging Face PEFT answered; see Tests/Fixtures.
    .testTarget(
      name: "ParityTests",
      dependencies: [
        "Peft", "PluginContract", "CPUCore", "PeftTensors", "PeftTestSupport",
        .product(name: "OrderedCollections", package: "swift-collections"),
      ]),
    .testTarget(
      name: "PeftTokenizersTests",
      dependencies: ["PeftTokenizers", "PeftCheckpoints", "PeftTestSupport"]),
    // Renders chat templates that a script then renders with transformers.
    .executableTarget(
      name: "RenderedTemplates", dependencies: ["PeftTemplates", "PeftBasics"],
      path: "Tests/RenderedTemplates"),
    .testTarget(
      name: "PeftTemplatesTests",
      dependencies: ["PeftTemplates", "PeftBasics", "PeftTestSupport"]),
    .testTarget(
      name: "PeftReportsTests", dependencies: ["PeftReports", "PeftBasics", "PeftTestSupport"]),
    .testTarget(
      name: "PeftAdaptersTests",
      dependencies: [
        "Peft", "PeftReports", "PeftBasics", "PeftCheckpoints", "PeftTensors", "PeftTestSupport",
      ]),
    .testTarget(
      name: "PeftGenerationTests",
      dependencies: ["Peft", "PeftReports", "PeftBasics", "PeftTestSupport", "AskingTasks"]),
    .testTarget(
      name: "PeftTrainingTests",
      dependencies: [
        "Peft", "PeftReports", "PeftBasics", "PeftCheckpoints", "PeftTensors", "PeftTestSupport",
        "PeftTokenizers", "CZlib",
      ]),
    // What reads the bytes of strangers, for a fuzzer; a product, because what it builds, it instruments.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Peft", "PeftAdapters", "PeftTraining", "PeftReports", "PeftBasics", "PeftCheckpoints",
        "PeftTensors", "PeftTokenizers", "PeftTemplates", "ModelDescription", "ModelGraph",
        "TunerKit", "PeftTestSupport",
      ],
      path: "Tests/FuzzTargets"),
    .testTarget(
      name: "FuzzReplayTests", dependencies: ["FuzzTargets", "Peft", "PeftTestSupport"]),
    // What the README shows, built and run.
    .testTarget(name: "PeftTests", dependencies: ["Peft", "PeftTestSupport"]),
    .testTarget(
      name: "PeftCLITests",
      dependencies: [
        "PeftCommands", "Peft", "PeftTestSupport", "SignalledHost",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// Imports are private to their file's module unless they say `public`.
for target in package.targets where target.type != .system {
  target.swiftSettings = [.enableUpcomingFeature("InternalImportsByDefault")]
}
