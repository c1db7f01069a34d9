/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.internal.Digests;
import dev.arbiter.tracker.internal.ChainedLine;
import dev.arbiter.tracker.internal.OddValues;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever a history accepts, it verifies now and after a restart. */
class HistoryReadBackTest extends HistoryFixture {

  @Test
  void a_record_too_deep_to_be_read_back_is_refused_and_the_others_stay() {
    try (History history = builder().build()) {
      history.append("note", hour(0), Map.of("n", 0));
      history.append("note", hour(1), Map.of("deep", OddValues.nested(35)));
      history.append("note", hour(2), Map.of("n", 2));
      assertThat(history.flush()).isTrue();
      assertThat(history.stats().dropped()).isEqualTo(1);
      assertThat(history.verify()).isEqualTo(new History.Check(true, history.head(), 2, 0, ""));
    }
    try (History history = builder().build()) {
      assertThat(history.head().seq()).isEqualTo(2);
      assertThat(history.stats().damaged()).isZero();
    }
  }

  /** 2,000 records, seed 2, in small segments, with a restart after every 250. */
  @Test
  void whatever_is_accepted_verifies_now_and_after_restarts() {
    OddValues odd = new OddValues(2);
    long accepted = 0;
    for (int start = 0; start < 8; start++) {
      try (History history = builder().segmentBytes(16 << 10).build()) {
        assertThat(history.stats().damaged()).isZero();
        assertThat(history.head().seq()).isEqualTo(accepted);
        for (int i = 0; i < 250; i++) {
          history.append("t" + odd.text(), hour(i), Map.of("odd", odd.map(5)));
          if (i % 50 == 49) {
            assertThat(history.flush()).isTrue();
          }
        }
        accepted += history.stats().written();
        assertThat(history.stats().written() + history.stats().dropped()).isEqualTo(250);
        History.Check check = history.verify();
        assertThat(check.holds()).as(check.problem()).isTrue();
        assertThat(check.records()).isEqualTo(accepted);
      }
    }
    assertThat(accepted).isBetween(1_200L, 1_995L);
  }

  @Test
  void a_record_that_fails_while_it_is_written_or_is_too_long_holds_up_no_other() {
    Map<String, Object> itself = new HashMap<>();
    itself.put("me", itself);
    try (History history = builder().build()) {
      history.append("note", hour(0), itself);
      history.append("note", hour(1), Map.of("long", "x".repeat(3 << 20)));
      history.append("note", hour(2), Map.of("long", "x".repeat(1 << 20)));

      assertThat(history.flush()).isTrue();
      assertThat(history.stats().dropped()).isEqualTo(2);
      assertThat(history.stats().failures()).isZero();
      assertThat(history.verify().records()).isEqualTo(1);
    }
  }

  /** Earlier versions accepted it. Its hash holds, so it is no reason to cut off what follows. */
  @Test
  void a_sealed_record_deeper_than_is_accepted_today_cuts_off_nothing() throws IOException {
    ChainHead head = new ChainHead(0, ChainedLine.NOTHING);
    StringBuilder file = new StringBuilder();
    for (String data : new String[] {"1", "[".repeat(900) + "]".repeat(900), "2"}) {
      String body =
          "{\"seq\":"
              + (head.seq() + 1)
              + ",\"prev\":\""
              + head.hash()
              + "\",\"type\":\"note\",\"at\":\"2026-01-01T00:00:00Z\",\"recorded\":"
              + "\"2026-01-01T00:00:00Z\",\"data\":"
              + data;
      String hash = Digests.sha256Hex(HistoryEntry.DOMAIN + "\n" + body);
      file.append(body).append(",\"hash\":\"").append(hash).append("\"}\n");
      head = new ChainHead(head.seq() + 1, hash);
    }
    Files.writeString(Segment.plain(folder, 1).file(), file);

    try (History history = builder().build()) {
      assertThat(history.head()).isEqualTo(head);
      history.append("note", hour(4), Map.of());
      history.flush();
      assertThat(history.verify().records()).isEqualTo(4);
    }
  }
}
