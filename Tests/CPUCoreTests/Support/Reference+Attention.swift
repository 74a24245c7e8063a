import ModelGraph

extension Attention: ReferenceOperator {
  static var samples: [OperatorSample] {
    [
      sample(), sample(isCausal: true), sample(heads: 4, isCausal: true),
      sample(queries: 3, keys: 6), sample(isCausal: true, window: 2), sample(hasMask: true),
      sample(hasBias: true), sample(queries: 4, keys: 6, hasMask: true, hasBias: true),
      sample(window: 2), sample(softCap: 1.5), sample(isCausal: true, softCap: 2, hasBias: true),
      sample(heads: 6, isCausal: true, isALiBi: true), sample(isALiBi: true, hasMask: true),
    ]
  }

  private static func sample(
    heads: Int = 2, queries: Int = 5, keys: Int = 5, isCausal: Bool = false, window: Int? = nil,
    softCap: Double? = nil, isALiBi: Bool = false, hasMask: Bool = false, hasBias: Bool = false
  ) -> OperatorSample {
    OperatorSample(
      Attention(
        heads: heads, keyValueHeads: 2, scale: 0.7, isCausal: isCausal, window: window,
        softCap: softCap, isALiBi: isALiBi, hasMask: hasMask, hasBias: hasBias),
      [.reals(2, queries, heads * 3), .reals(2, keys, 6), .reals(2, keys, 8)]
        + (hasMask ? [.mask(2, keys)] : []) + (hasBias ? [.reals(1, heads, queries, keys)] : []))
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let (q, k, v) = (operands[0], operands[1], operands[2])
    let (size, valueSize) = (q.width / heads, v.width / keyValueHeads)
    let (queries, keys) = (q.shape[1], k.shape[1])
    var result = Reals([Double](repeating: 0, count: shapes[0].reduce(1, *)), shape: shapes[0])
    for batch in 0..<q.shape[0] {
      for head in 0..<heads {
        // `repeat_kv`: each key/value head serves as many query heads in a row.
        let shared = head / (heads / keyValueHeads)
        for query in 0..<queries {
          let own = q.row(batch * queries + query).dropFirst(head * size).prefix(size)
          let scores = (0..<keys).map { key -> Double in
            guard sees(query, key), !hasMask || operands[3][batch, key] != 0 else {
              return -.infinity
            }
            let other = k.row(batch * keys + key).dropFirst(shared * size).prefix(size)
            let bias = hasBias ? operands[operands.count - 1][0, head, query, key] : 0
            var score = zip(own, other).reduce(0) { $0 + $1.0 * $1.1 } * scale
            if let softCap { score = softCap * Mathematics.hyperbolicTangent(score / softCap) }
            if isALiBi {
              let before = (0..<key).count { !hasMask || operands[3][batch, $0] != 0 }
              score += slopes[head] * Double(before)
            }
            return score + bias
          }
          let start = ((batch * queries + query) * heads + head) * valueSize
          for (key, weight) in softmax(scores).enumerated() where weight != 0 {
            let value = v.row(batch * keys + key).dropFirst(shared * valueSize).prefix(valueSize)
            for (entry, number) in value.enumerated() {
              result.entries[start + entry] += weight * number
            }
          }
        }
      }
    }
    return [result]
  }

  private func sees(_ query: Int, _ key: Int) -> Bool {
    if isCausal, key > query { return false }
    if let window, abs(query - key) >= window { return false }
    return true
  }

  /// `build_alibi_tensor` of `transformers`.
  private var slopes: [Double] {
    var power = 1
    while power * 2 <= heads { power *= 2 }
    let base = Mathematics.power(2, -8 / Double(power))
    let between = Mathematics.power(2, -4 / Double(power))
    return (0..<heads).map { head in
      head < power
        ? Mathematics.power(base, Double(head + 1))
        : Mathematics.power(between, Double(2 * (head - power) + 1))
    }
  }
}

extension RelativePositionBias: ReferenceOperator {
  static var samples: [OperatorSample] {
    [true, false].map {
      OperatorSample(
        RelativePositionBias(maximumDistance: 6, isBidirectional: $0), .reals(8, 2),
        .reals(2, 5, 3), .reals(2, 7, 3))
    }
  }

  func evaluate(_ operands: [Reals], as shapes: [[Int]]) -> [Reals] {
    let table = operands[0]
    return [
      Reals(shapes[0]) { index in
        table[bucket(index[3] - index[2], count: table.shape[0]), index[1]]
      }
    ]
  }

  /// `T5Attention._relative_position_bucket` of `transformers`, which computes in 32 bits.
  private func bucket(_ relativePosition: Int, count: Int) -> Int {
    var (count, bucket, distance) = (count, 0, -min(relativePosition, 0))
    if isBidirectional {
      count /= 2
      bucket = relativePosition > 0 ? count : 0
      distance = abs(relativePosition)
    }
    let exact = count / 2
    if distance < exact { return bucket + distance }
    let share =
      Float(Mathematics.logarithm(Double(distance) / Double(exact)))
      / Float(Mathematics.logarithm(Double(maximumDistance) / Double(exact)))
    return bucket + min(exact + Int(share * Float(count - exact)), count - 1)
  }
}
