/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One benchmark with its parameters.
 *
 * @param text such as {@code RoutingBenchmark.arbiterDefault agents=10000}: the method under {@code
 *     dev.arbiter.bench}, or with its whole package, then parameters; {@code threads} is the number
 *     of measuring threads
 */
record BenchmarkSpec(String text) {
  private static final String PACKAGE = "dev.arbiter.bench.";

  /** {@return the method with its package} */
  String benchmark() {
    String method = words().get(0);
    return method.startsWith("dev.") ? method : PACKAGE + method;
  }

  /** {@return a pattern that fits this method alone} */
  String pattern() {
    return "^" + Pattern.quote(benchmark()) + "$";
  }

  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String word : words().subList(1, words().size())) {
      int equals = word.indexOf('=');
      parameters.put(word.substring(0, equals), word.substring(equals + 1));
    }
    return parameters;
  }

  private List<String> words() {
    return List.of(text.split(" "));
  }
}
