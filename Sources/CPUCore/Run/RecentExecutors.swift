package import ModelGraph
package import PeftTensors

/// Programs that share parameters, by what is asked of them, such as the shapes of their inputs. Those that were
/// used last are kept; their executors take turns in one workspace.
package final class RecentExecutors<Request: Hashable> {
  private let parameters: [Parameter.ID: Tensor]
  private let trained: TrainedParameters?
  private let threads: Int?
  private let plan: (Request) throws -> Program
  private let rounded = RoundedParameters()
  private var known: [Request: Planned] = [:]
  private var uses = 0
  /// The threads and the memory, once there is an executor.
  package private(set) var workspace: Workspace?
  /// How many programs have been planned.
  package private(set) var planCount = 0

  private struct Planned {
    let program: Program
    var executor: Executor?
    var lastUse: Int
  }

  /// Programs that are kept: more than the lengths that a file's batches have. Each takes a few megabytes.
  private let mostKept = 32

  /// - Parameters:
  ///   - parameters: A tensor for each parameter that a program reads.
  ///   - trained: Parameters that change between runs.
  ///   - plan: Makes a program.
  package init(
    parameters: [Parameter.ID: Tensor], trained: TrainedParameters? = nil, threads: Int?,
    plan: @escaping (Request) throws -> Program
  ) {
    self.parameters = parameters
    self.trained = trained
    self.threads = threads
    self.plan = plan
  }

  /// - Throws: What planning throws.
  package func program(_ request: Request) throws -> Program {
    uses += 1
    if let planned = known[request] {
      known[request]?.lastUse = uses
      return planned.program
    }
    let program = try plan(request)
    planCount += 1
    if known.count == mostKept,
      let oldest = known.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      known[oldest.key] = nil
    }
    known[request] = Planned(program: program, lastUse: uses)
    return program
  }

  /// - Throws: What planning throws; `RunError` where a parameter is missing, or there is too little memory.
  package func executor(_ request: Request) throws -> Executor {
    let program = try program(request)
    if let executor = known[request]?.executor { return executor }
    let workspace = try self.workspace ?? Workspace(threads: threads)
    self.workspace = workspace
    let executor = try Executor(
      program, parameters: parameters, trained: trained, rounded: rounded, workspace: workspace)
    known[request]?.executor = executor
    return executor
  }
}
