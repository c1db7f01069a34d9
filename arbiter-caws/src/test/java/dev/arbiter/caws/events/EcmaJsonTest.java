/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.erdtman.jcs.NumberToJSON;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EcmaJsonTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "1.0, 1",
    "-5, -5",
    "0.1, 0.1",
    "0.6000000000000001, 0.6000000000000001",
    "1e21, 1e+21",
    "123456789012345680000, 123456789012345680000",
    "1e-6, 0.000001",
    "1e-7, 1e-7",
    "1.5e-9, 1.5e-9",
    "2e-323, 2e-323",
    "5e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "9007199254740993, 9007199254740992",
    "2.0e-3, 0.002"
  })
  void a_number_is_written_in_its_shortest_form(double value, String text) {
    assertThat(EcmaJson.number(value)).isEqualTo(text);
  }

  @Test
  void numbers_agree_with_another_implementation() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        assertThat(EcmaJson.number(value)).isEqualTo(NumberToJSON.serializeNumber(value));
      }
    }
  }

  @Test
  void texts_are_escaped_as_json_stringify_does() {
    StringBuilder json = new StringBuilder();

    EcmaJson.string("a\"\\\b\t\n\f\r\u0001\u001f\u007f\u2028\ud83d\ude00\ud83d", json);

    assertThat(json)
        .hasToString("\"a\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\u007f\u2028\ud83d\ude00\\ud83d\"");
  }
}
