/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** W3C Trace Context, section 3.2: what is a traceparent, and what only looks like one. */
class TraceIdsTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

  @Test
  void a_traceparent_has_a_trace_a_span_and_flags() {
    TraceIds.Parent parent = TraceIds.parent(PARENT).orElseThrow();

    assertThat(parent.trace()).isEqualTo(TRACE);
    assertThat(parent.span()).isEqualTo("b7ad6b7169203331");
    assertThat(parent.flags()).isEqualTo("01");
    assertThat(parent.header("00000000000000aa")).isEqualTo("00-" + TRACE + "-00000000000000aa-01");
    assertThat(TraceIds.trace(PARENT)).isEqualTo(TRACE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "T-1",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333x-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x",
        "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331_01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011"
      })
  void anything_else_is_none(String text) {
    assertThat(TraceIds.parent(text)).isEmpty();
    assertThat(TraceIds.trace(text)).matches("[0-9a-f]{32}").isNotEqualTo(TRACE);
  }

  @Test
  void a_bare_trace_id_is_kept_and_one_of_zeros_is_not() {
    assertThat(TraceIds.trace(TRACE)).isEqualTo(TRACE);
    assertThat(TraceIds.trace("0".repeat(32))).isNotEqualTo("0".repeat(32));
  }

  @Test
  void spans_of_one_task_differ() {
    String all = TraceIds.span("acme", "T-1", "");

    assertThat(all).matches("[0-9a-f]{16}").isEqualTo(TraceIds.span("acme", "T-1", ""));
    assertThat(TraceIds.span("acme", "T-1", TraceIds.attempt(1, "ada"))).isNotEqualTo(all);
    assertThat(TraceIds.span("beta", "T-1", "")).isNotEqualTo(all);
  }

  /** 2,000 headers of W3C Trace Context come back whole, and with one bad sign are none. */
  @Test
  void every_header_that_fits_is_read() {
    SplittableRandom random = new SplittableRandom(31);
    for (int i = 0; i < 2_000; i++) {
      String trace = String.format(Locale.ROOT, "%016x%016x", random.nextLong(), 1 + i);
      String span = String.format(Locale.ROOT, "%016x", random.nextLong() | 1);
      String flags = String.format(Locale.ROOT, "%02x", random.nextInt(256));
      String header = "00-" + trace + "-" + span + "-" + flags;

      assertThat(TraceIds.parent(header)).contains(new TraceIds.Parent(trace, span, flags));
      char[] bad = header.toCharArray();
      bad[random.nextInt(bad.length)] = "gGF/:` ".charAt(random.nextInt(7));
      assertThat(TraceIds.parent(new String(bad))).as(new String(bad)).isEmpty();
    }
  }

  @Test
  void a_text_is_a_bare_trace_only_with_32_small_digits() {
    assertThat(TraceIds.trace(TRACE.toUpperCase(Locale.ROOT))).isNotEqualTo(TRACE);
    assertThat(TraceIds.trace(TRACE + "0")).hasSize(32).isNotEqualTo(TRACE);
    assertThat(TraceIds.trace("0".repeat(31) + "1")).isEqualTo("0".repeat(31) + "1");
    assertThat(TraceIds.trace("")).matches("[0-9a-f]{32}").isEqualTo(TraceIds.trace(""));
  }

  @Test
  void the_parts_of_a_span_are_kept_apart() {
    assertThat(TraceIds.span("a", "bc", "")).isNotEqualTo(TraceIds.span("ab", "c", ""));
    assertThat(TraceIds.span("a", "b", "c")).isNotEqualTo(TraceIds.span("a", "bc", ""));
    assertThat(TraceIds.attempt(1, "1 ada")).isNotEqualTo(TraceIds.attempt(11, "ada"));
  }
}
