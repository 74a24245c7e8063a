/// Runs `body` for every number from 0 to before `count`, on threads or one after another, and returns when
/// all are done. What one task changes, no other reads.
package typealias TaskRunner = (_ count: Int, _ body: (_ task: Int) -> Void) -> Void

/// Runs tasks one after another.
package func runInTurn(_ count: Int, _ body: (_ task: Int) -> Void) {
  for task in 0..<count { body(task) }
}

extension Workspace {
  /// Runs tasks on its threads, between runs of programs.
  package func runTasks(_ count: Int, _ body: (_ task: Int) -> Void) {
    pool.perform { pool.run(count) { task, _ in body(task) } }
  }
}
