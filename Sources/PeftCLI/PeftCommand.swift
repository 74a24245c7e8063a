import ArgumentParser
@main struct PeftCommand: ParsableCommand { func run() { print("hello") } }
