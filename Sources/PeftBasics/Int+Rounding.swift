extension Int {
  package func roundedUp(to multiple: Int) -> Int { (self + multiple - 1) / multiple * multiple }
  package func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}
