/// The sizes of a product of matrices, and where each of a stack of them begins.
struct ProductSizes {
  /// Rows of one result.
  let rows: Int
  /// Columns of one result.
  let columns: Int
  /// The size that is summed over.
  let depth: Int
  /// The number of products.
  let stacks: Int
  private let firstStacks: [Int]
  private let secondStacks: [Int]
  private let resultStacks: [Int]
  private let firstRows: Int
  private let secondRows: Int

  init(_ product: DenseProduct, _ a: Layout, _ b: Layout) {
    let secondAxes = Array(b.shape.suffix(2))
    columns = product.transposesSecond ? secondAxes[0] : secondAxes[1]
    depth = product.transposesSecond ? secondAxes[1] : secondAxes[0]
    secondRows = secondAxes[0]
    if b.shape.count == 2, !product.transposesFirst {
      // One product, however many axes the rows are spread over.
      (rows, firstRows) = (a.rows, a.rows)
      (firstStacks, secondStacks, resultStacks) = ([], [], [])
    } else {
      let firstAxes = Array(a.shape.suffix(2))
      rows = product.transposesFirst ? firstAxes[1] : firstAxes[0]
      firstRows = firstAxes[0]
      let (left, right) = (a.shape.dropLast(2), b.shape.dropLast(2))
      let rank = max(left.count, right.count)
      firstStacks = [Int](repeating: 1, count: rank - left.count) + left
      secondStacks = [Int](repeating: 1, count: rank - right.count) + right
      resultStacks = zip(firstStacks, secondStacks).map { $0 == 1 ? $1 : $0 }
    }
    stacks = resultStacks.reduce(1, *)
  }

  /// The rows of the operands and of the result at which a product begins.
  struct Stack {
    let first: Int
    let second: Int
    let result: Int
  }

  func stackOffsets(_ number: Int) -> Stack {
    Stack(
      first: Self.position(number, of: resultStacks, in: firstStacks) * firstRows,
      second: Self.position(number, of: resultStacks, in: secondStacks) * secondRows,
      result: number * rows)
  }

  /// The number that a position in `shape` has in `stretched`, whose axes of size 1 are repeated.
  private static func position(_ number: Int, of shape: [Int], in stretched: [Int]) -> Int {
    var (rest, step, result) = (number, 1, 0)
    for (size, own) in zip(shape, stretched).reversed() {
      if own > 1 { result += rest % size * step }
      rest /= size
      step *= own
    }
    return result
  }
}

/// A block of a result.
struct Tile {
  let rows: Range<Int>
  let columns: Range<Int>
}

/// How one product is cut into tasks: by its sizes alone, so that its bits do not depend on how many
/// threads there are.
struct Tiling {
  /// Columns of a block that is widened before it is multiplied with.
  static let widenedColumns = 256
  private static let columns = 1024

  private let sizes: ProductSizes
  private let tileRows: Int
  let tileColumns: Int
  private let columnTiles: Int
  let count: Int

  /// - Parameters:
  ///   - widens: Whether the second factor is brought to 32 bits first.
  ///   - unpacks: Whether the second factor is unpacked first: for as many rows at a time as the cache has room
  ///     for.
  ///   - rounds: Whether the result is rounded, from a block in scratch memory.
  init(_ sizes: ProductSizes, widens: Bool, unpacks: Bool = false, rounds: Bool = false) {
    self.sizes = sizes
    // Large enough that bringing the factors into the library's order does not matter, small enough
    // that a block of the result stays in the cache until its epilogue has run. A narrow product is
    // cut into more rows, so that there are tasks for several threads.
    let isNarrow = sizes.columns <= Self.columns
    let preferred = unpacks ? 512 : rounds ? 256 : widens ? 1024 : isNarrow ? 256 : 512
    let mostRows = max(1, min(sizes.rows, preferred))
    // Few rows take as long as the second factor takes to be read, in parts as long as can be: whole pages of it.
    let hasFewRows = !widens && !unpacks && sizes.rows <= Multiplication.fewRows
    let most =
      hasFewRows
      ? Self.columns
      : widens || mostRows < 256 ? Self.widenedColumns : unpacks ? Self.columns / 2 : Self.columns
    var parts = max(1, sizes.columns.dividedRoundingUp(by: most))
    if hasFewRows, sizes.columns > Self.widenedColumns, !parts.isMultiple(of: 2) { parts += 1 }
    tileColumns = max(1, sizes.columns.dividedRoundingUp(by: parts))
    columnTiles = max(1, sizes.columns.dividedRoundingUp(by: tileColumns))
    // An even number of tasks, where there are few: two threads would wait for one of them.
    var rowTiles = max(1, sizes.rows.dividedRoundingUp(by: mostRows))
    let isOdd = !(rowTiles * columnTiles).isMultiple(of: 2)
    if isOdd, rowTiles > 1, rowTiles < 16 { rowTiles += 1 }
    tileRows = max(1, sizes.rows.dividedRoundingUp(by: rowTiles))
    count = sizes.rows.dividedRoundingUp(by: tileRows) * columnTiles
  }

  /// The entries of the largest block.
  var tileEntries: Int { tileRows * tileColumns }

  func tile(_ number: Int) -> Tile {
    let row = number / columnTiles * tileRows
    let column = number % columnTiles * tileColumns
    return Tile(
      rows: row..<min(sizes.rows, row + tileRows),
      columns: column..<min(sizes.columns, column + tileColumns))
  }
}
