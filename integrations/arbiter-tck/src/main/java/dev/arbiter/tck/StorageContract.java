/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promises of a {@link Storage}, a test for each sentence of its javadoc; and those of the
 * store and the arbiter over it.
 *
 * <p>A subclass has a constructor without arguments, by which another process makes it too.
 */
public abstract class StorageContract {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00.123456789Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final int TORN = 100;
  private static final int BATCHES = 12;

  /* Of a process whose syncs fail: how many lines are read, and every which sync fails. */
  private static final int LINES = 100;
  private static final int EACH_NTH = 20;
  private static final Pattern TOLD = Pattern.compile("(refused )?([0-9]+)(?:: .*)?");

  /* As the keys of the engine: tenant and id are apart by U+001F. */
  private static final List<String> KEYS =
      List.of(
          "Tdefault\u001fT-1",
          "tdefault\u001fT-1",
          "Tdefault\u001ft-1",
          "Tdefault\u001fT-1 ",
          "Tdefault\u001f T-1",
          "Tdefault\u001f\u00e9",
          "Tdefault\u001fe\u0301",
          "Tdefault\u001f\u00df",
          "Tdefault\u001fss",
          "Tdefault\u001f\u0131i\u0130I",
          "Tdefault\u001f'; DROP TABLE tasks; --",
          "Tdefault\u001f%",
          "Tdefault\u001f_",
          "Tdefault\u001f\\",
          "Tdefault\u001f../../x",
          "Tdefault\u001fNULL",
          "Tdefault\u001f0",
          "Tdefault\u001f00",
          "Tdefault\u001f1e3",
          "Tdefault\u001f1000",
          "Tdefault\u001f\u7530\u4e2d\ud842\udfb7",
          "Tdefault\u001f\ud83d\ude00",
          "Tdefault\u001f\u202e",
          "Tdefault\n\r\t",
          "#",
          " ",
          "x".repeat(600),
          "\u7530".repeat(600));

  @TempDir private Path dir;
  private int places;

  /** For subclasses. */
  protected StorageContract() {}

  /**
   * {@return a storage that is not open} The same place is the same storage; a new one has nothing.
   *
   * @param place a file or folder that the storage may make; nothing is there yet, or what an
   *     earlier storage of this place left
   * @throws Exception if it cannot be made
   */
  protected abstract Storage storage(Path place) throws Exception;

  /** {@return how many processes each test kills; 3} */
  protected int kills() {
    return 3;
  }

  /** {@return the system properties that another process needs to make the storage; none} */
  protected Map<String, String> properties() {
    return Map.of();
  }

  /**
   * {@return what a refusal says of the process that holds the storage; its number}
   *
   * @param pid the number of that process
   */
  protected String holder(long pid) {
    return Long.toString(pid);
  }

  /**
   * {@return the files of a closed storage that a crash may tear and a disk may damage} None by
   * default: for a storage over a database, which looks after its own files. Then the two tests
   * that tear and damage files are skipped.
   *
   * @param place the place of the storage
   * @throws IOException if they cannot be listed
   */
  protected List<Path> files(Path place) throws IOException {
    return List.of();
  }

  /**
   * {@return whether this process syncs the files of the storage itself; yes} No for a storage over
   * a server, whose files are out of reach for a test here. Then the tests of syncs and of a full
   * disk are skipped.
   */
  protected boolean forcesFiles() {
    return true;
  }

  private Path place() {
    places++;
    return dir.resolve("place-" + places);
  }

  private static Value value(byte[] bytes, Instant at) {
    return new Made(
        bytes,
        new Columns(
            at, "default", "T-1", "refactor", "EXECUTING", 1, "ada", 0.5, Usage.none(), ""));
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Made(byte[] bytes, Columns columns) implements Value {}

  private static Value text(String text) {
    return value(text.getBytes(UTF_8), NOW);
  }

  private static Change state(String key, @Nullable String value) {
    return new Change(Change.Kind.STATE, key, value == null ? null : text(value));
  }

  private static Change event(String key, String value) {
    return new Change(Change.Kind.EVENT, key, text(value));
  }

  private static Change end(String key, String value) {
    return new Change(Change.Kind.END, key, text(value));
  }

  private static Change end(String key, String value, Instant at) {
    return new Change(Change.Kind.END, key, value(value.getBytes(UTF_8), at));
  }

  /** Opens, and requires that each key comes once. */
  private static Map<String, byte[]> bytesOf(Storage storage) throws Exception {
    Map<String, byte[]> kept = new HashMap<>();
    storage.open(
        (key, value) -> assertThat(kept.put(key, value)).as("key '%s' comes once", key).isNull());
    return kept;
  }

  private static Map<String, String> open(Storage storage) throws Exception {
    Map<String, String> kept = new HashMap<>();
    bytesOf(storage).forEach((key, value) -> kept.put(key, new String(value, UTF_8)));
    return kept;
  }

  private static @Nullable String find(Storage storage, String key) throws Exception {
    byte[] found = storage.find(key);
    return found == null ? null : new String(found, UTF_8);
  }

  private Map<String, String> reopened(Path place) throws Exception {
    Storage storage = storage(place);
    try {
      return open(storage);
    } finally {
      storage.close();
    }
  }

  private static boolean succeeds(Storage storage, List<Change> batch) {
    try {
      storage.append(batch, true);
      return true;
    } catch (Exception refused) {
      return false;
    }
  }

  /** A new place has nothing, and has nothing after it was opened and closed. */
  @Test
  protected void a_new_storage_is_empty() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    assertThat(open(storage)).as("states of a new place").isEmpty();
    assertThat(storage.find("x")).isNull();
    storage.close();

    assertThat(reopened(place)).as("states of a new place, opened again").isEmpty();
  }

  /** Open gives back the newest STATE of each key, once; a key without a value is forgotten. */
  @Test
  protected void open_gives_back_the_newest_state_of_each_key() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(state("a", "1"), state("b", "1"), state("c", "1")), true);
    storage.append(List.of(state("a", "2"), state("b", null), state("d", null)), false);
    storage.append(List.of(state("c", null)), false);
    storage.append(List.of(state("c", "3"), event("e", "1"), end("f", "1")), true);
    storage.close();

    assertThat(reopened(place))
        .as("the newest STATE of each key; b was forgotten, e and f are no STATE")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "2", "c", "3"));
    assertThat(reopened(place))
        .as("the newest STATE of each key; b was forgotten, e and f are no STATE")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "2", "c", "3"));
  }

  /** Within a batch, a later change wins. */
  @Test
  protected void a_later_change_of_a_batch_wins() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(
        List.of(
            state("a", "1"),
            state("a", "2"),
            state("b", "1"),
            state("b", null),
            state("c", null),
            state("c", "1"),
            end("e", "1"),
            end("e", "2")),
        true);
    assertThat(find(storage, "e")).as("the last END of the batch").isEqualTo("2");
    storage.close();

    Storage again = storage(place);
    assertThat(open(again))
        .as("the last STATE of each key of the batch")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "2", "c", "1"));
    assertThat(find(again, "e")).as("the last END of the batch, after close").isEqualTo("2");
    again.close();
  }

  /** STATE, EVENT and END values of one key do not touch each other. */
  @Test
  protected void the_kinds_are_apart() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(state("a", "s"), event("a", "v")), true);
    assertThat(storage.find("a")).as("a has a STATE and an EVENT, no END").isNull();
    storage.append(List.of(end("a", "e"), event("a", "v")), true);
    storage.append(List.of(end("b", "e"), state("b", "s"), state("b", null)), true);
    storage.close();

    Storage again = storage(place);
    assertThat(open(again))
        .as("an END or EVENT is no STATE")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "s"));
    assertThat(find(again, "a")).isEqualTo("e");
    assertThat(find(again, "b")).as("forgetting the STATE of b leaves its END").isEqualTo("e");
    again.close();
  }

  /** Find gives the newest END at once, forced or not, and in the next process. */
  @Test
  protected void find_gives_the_newest_end() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(end("a", "1", NOW)), true);
    assertThat(find(storage, "a")).as("an END that was just appended").isEqualTo("1");
    storage.append(List.of(end("a", "2", NOW.minus(DAY))), false);
    assertThat(find(storage, "a")).as("the last appended, though its clock is back").isEqualTo("2");
    assertThat(storage.find("b")).as("a key without an END").isNull();
    storage.close();

    Storage again = storage(place);
    open(again);
    assertThat(find(again, "a")).as("the newest END, after close and open").isEqualTo("2");
    again.close();
  }

  /** A storage that is not open answers no question: null would mean that there is no end. */
  @Test
  protected void a_storage_that_is_not_open_throws() throws Exception {
    Storage storage = storage(place());
    assertThatThrownBy(() -> storage.find("a"))
        .as("find throws while it is not open; null would mean that there is no end")
        .isInstanceOf(Exception.class);
    open(storage);
    storage.append(List.of(end("a", "1")), true);
    storage.close();

    assertThatThrownBy(() -> storage.find("a"))
        .as("find throws while it is not open; null would mean that there is no end")
        .isInstanceOf(Exception.class);
    assertThatThrownBy(() -> storage.append(List.of(state("b", "1")), true))
        .as("append throws while it is not open")
        .isInstanceOf(Exception.class);
    assertThatThrownBy(() -> storage.forget(NOW))
        .as("forget throws while it is not open")
        .isInstanceOf(Exception.class);
    assertThat(open(storage)).isEmpty();
    assertThat(find(storage, "a")).isEqualTo("1");
    storage.close();
  }

  /** Close may be called at any time, and the same object opens again. */
  @Test
  protected void a_closed_storage_opens_again() throws Exception {
    Storage storage = storage(place());
    storage.close();
    for (int i = 0; i < 5; i++) {
      assertThat(open(storage)).as("states after %s openings", i).hasSize(i);
      storage.append(List.of(state("k" + i, "v")), true);
      storage.close();
      storage.close();
    }
    assertThat(open(storage)).hasSize(5);
    storage.close();
  }

  /** What a storage writes again when it is opened is what it was: values, keys and ages. */
  @Test
  protected void many_openings_change_nothing() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(
        List.of(
            state("s", "1"),
            state("empty", ""),
            end("empty", "", NOW),
            end("old", "1", NOW.minus(DAY)),
            end("young", "1", NOW)),
        true);
    for (int i = 0; i < 4; i++) {
      storage.close();
      storage = storage(place);
      assertThat(open(storage))
          .as("states after %s openings", i + 1)
          .containsExactlyInAnyOrderEntriesOf(Map.of("s", "1", "empty", ""));
      assertThat(find(storage, "empty")).isEmpty();
      assertThat(find(storage, "old")).isEqualTo("1");
    }
    storage.forget(NOW);
    assertThat(storage.find("old")).as("an END is as old as before the openings").isNull();
    assertThat(find(storage, "young")).isEqualTo("1");
    storage.close();
    storage = storage(place);
    open(storage);
    assertThat(storage.find("old")).isNull();
    assertThat(find(storage, "young")).isEqualTo("1");
    storage.close();
  }

  /** Close keeps what was appended, forced or not. */
  @Test
  protected void close_keeps_what_was_not_forced() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(state("a", "1"), end("e", "1")), false);
    storage.append(List.of(state("a", "2")), false);
    storage.close();

    Storage again = storage(place);
    assertThat(open(again))
        .as("states that were appended without force")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "2"));
    assertThat(find(again, "e")).as("an END that was appended without force").isEqualTo("1");
    again.close();
  }

  /** Two keys are the same if all their characters are; odd ones come back as they were. */
  @Test
  protected void odd_keys_are_kept_apart_and_unchanged() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < KEYS.size(); i++) {
      storage.append(List.of(state(KEYS.get(i), "s" + i), end(KEYS.get(i), "e" + i)), false);
      given.put(KEYS.get(i), "s" + i);
    }
    storage.append(List.of(event("last", "v")), true);
    storage.close();

    Storage again = storage(place);
    assertThat(open(again))
        .as("keys come back with all their characters, and differ if one does")
        .containsExactlyInAnyOrderEntriesOf(given);
    for (int i = 0; i < KEYS.size(); i++) {
      assertThat(find(again, KEYS.get(i))).as(KEYS.get(i)).isEqualTo("e" + i);
    }
    assertThat(again.find("TDEFAULT\u001fT-1")).as("another case is another key").isNull();
    again.close();
  }

  /** A key with half of a surrogate pair is kept as it is, or its batch is refused. */
  @Test
  protected void half_a_surrogate_pair_is_kept_or_refused() throws Exception {
    List<String> halves = List.of("T\ud83d", "T\ude00", "T\ud83d\u001fx", "T?", "T\ufffd");
    Path place = place();
    Storage storage = storage(place);
    Map<String, String> given = new HashMap<>();
    for (String key : halves) {
      open(storage);
      if (succeeds(storage, List.of(state(key, key.length() + key), end(key, "e")))) {
        given.put(key, new String((key.length() + key).getBytes(UTF_8), UTF_8));
        assertThat(find(storage, key)).isEqualTo("e");
      }
      storage.close();
    }

    assertThat(given).containsKeys("T?", "T\ufffd");
    assertThat(reopened(place))
        .as("a key is kept as it is or refused; none becomes another")
        .containsExactlyInAnyOrderEntriesOf(given);
  }

  /** A value may have no bytes, all bytes, and some MB. */
  @Test
  protected void values_of_any_size_come_back_as_they_were() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    Map<String, byte[]> given = new HashMap<>();
    Random random = new Random(5);
    for (int size : new int[] {0, 1, 2, 255, 256, 4_095, 4_096, 65_535, 65_536, 5 << 20}) {
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      given.put("k" + size, bytes);
    }
    given.put("zeros", new byte[10_000]);
    for (Map.Entry<String, byte[]> one : given.entrySet()) {
      Value value = value(one.getValue().clone(), NOW);
      storage.append(
          List.of(
              new Change(Change.Kind.STATE, one.getKey(), value),
              new Change(Change.Kind.EVENT, one.getKey(), value),
              new Change(Change.Kind.END, one.getKey(), value)),
          false);
    }
    storage.close();

    Storage again = storage(place);
    Map<String, byte[]> kept = bytesOf(again);
    assertThat(kept.keySet()).as("a value without bytes is a value").isEqualTo(given.keySet());
    for (Map.Entry<String, byte[]> one : given.entrySet()) {
      assertThat(kept.get(one.getKey())).as(one.getKey()).isEqualTo(one.getValue());
      assertThat(again.find(one.getKey())).as(one.getKey()).isEqualTo(one.getValue());
    }
    again.close();
  }

  /** The largest value that the engine makes is kept. */
  @Test
  protected void a_value_of_48_megabytes_is_kept() throws Exception {
    Path place = place();
    byte[] large = new byte[48 << 20];
    new Random(6).nextBytes(large);
    Storage storage = storage(place);
    open(storage);
    storage.append(
        List.of(new Change(Change.Kind.STATE, "large", value(large, NOW)), state("a", "1")), true);
    storage.close();

    Storage again = storage(place);
    assertThat(Arrays.equals(bytesOf(again).get("large"), large)).as("kept whole").isTrue();
    again.append(List.of(state("large", null)), true);
    again.close();
    assertThat(reopened(place)).containsOnlyKeys("a");
  }

  /** Columns are for people: whatever stands in them, the batch is kept. */
  @Test
  protected void odd_columns_do_no_harm() throws Exception {
    List<String> odd =
        List.of("", "\u0000", "\ud83d", "\u202e'\"\\\n", "x".repeat(1 << 20), "\ud83d\ude00 %s");
    List<Columns> columns = new ArrayList<>();
    columns.add(Columns.none());
    Usage most =
        new Usage(
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            Double.MAX_VALUE,
            Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
    for (String text : odd) {
      columns.add(
          new Columns(NOW, text, text, text, text, 1, text, Double.NaN, Usage.none(), text));
    }
    for (String year : List.of("0001", "1900", "1969", "9999")) {
      Instant at = Instant.parse(year + "-12-31T23:59:59.999999999Z");
      columns.add(new Columns(at, "t", "i", "y", "s", Integer.MAX_VALUE, "a", 1, most, "d"));
    }
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    for (int i = 0; i < columns.size(); i++) {
      Value value = new Made(new byte[] {(byte) i}, columns.get(i));
      storage.append(
          List.of(
              new Change(Change.Kind.STATE, "k" + i, value),
              new Change(Change.Kind.EVENT, "k" + i, value),
              new Change(Change.Kind.END, "k" + i, value)),
          true);
    }
    storage.close();

    Storage again = storage(place);
    assertThat(bytesOf(again)).hasSize(columns.size());
    for (int i = 0; i < columns.size(); i++) {
      assertThat(again.find("k" + i)).containsExactly(i);
    }
    again.close();
  }

  /** Arrays that were given, and arrays that come back, are nobody's to change. */
  @Test
  protected void a_batch_is_not_changed() throws Exception {
    Path place = place();
    byte[] bytes = {1, 2, 3};
    Value value = value(bytes, NOW);
    List<Change> batch =
        List.of(new Change(Change.Kind.STATE, "a", value), new Change(Change.Kind.END, "a", value));
    Storage storage = storage(place);
    open(storage);
    storage.append(batch, true);
    assertThat(storage.find("a")).containsExactly(1, 2, 3);
    assertThat(bytes).containsExactly(1, 2, 3);
    storage.close();
  }

  /** A batch that cannot be kept is refused, and no part of it is kept; then it goes on. */
  @Test
  protected void a_batch_is_kept_whole_or_refused() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(state("a", "1")), true);
    Value broken =
        new Value() {
          @Override
          public byte[] bytes() {
            throw new IllegalStateException("this value has no bytes");
          }

          @Override
          public Columns columns() {
            return Columns.none();
          }
        };
    List<Change> batch =
        List.of(
            state("a", "2"),
            end("e", "2"),
            new Change(Change.Kind.STATE, "b", broken),
            state("c", "2"));

    assertThatThrownBy(() -> storage.append(batch, true))
        .as("a batch that cannot be kept is refused")
        .isInstanceOf(Exception.class);
    storage.close();
    assertThat(open(storage))
        .as("no change of a refused batch is kept: make all bytes before the first write")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "1"));
    assertThat(storage.find("e")).as("no END of a refused batch is kept").isNull();
    storage.append(List.of(state("a", "3"), end("e", "3")), true);
    storage.close();

    Storage again = storage(place);
    assertThat(open(again))
        .as("the batch after the refused one")
        .containsExactlyInAnyOrderEntriesOf(Map.of("a", "3"));
    assertThat(find(again, "e")).isEqualTo("3");
    again.close();
  }

  /** Forget removes ends that are older, and no state. */
  @Test
  protected void forget_removes_what_is_older_and_no_state() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    Value old = value("old".getBytes(UTF_8), NOW.minus(DAY));
    storage.append(
        List.of(
            new Change(Change.Kind.STATE, "old", old),
            new Change(Change.Kind.EVENT, "old", old),
            new Change(Change.Kind.END, "old", old),
            end("exact", "1", NOW),
            end("older", "1", NOW.minusMillis(1)),
            end("young", "1", NOW.plusMillis(1))),
        true);

    storage.forget(NOW);
    for (int i = 0; i < 2; i++) {
      assertThat(storage.find("old")).as("an END of a day before").isNull();
      assertThat(storage.find("older")).as("an END of a millisecond before").isNull();
      assertThat(find(storage, "exact")).as("an END of that instant").isEqualTo("1");
      assertThat(find(storage, "young")).isEqualTo("1");
      storage.close();
      assertThat(open(storage))
          .as("STATE values stay, however old")
          .containsExactlyInAnyOrderEntriesOf(Map.of("old", "old"));
    }
    storage.append(List.of(end("old", "new", NOW.plus(DAY))), true);
    assertThat(find(storage, "old"))
        .as("a young END under a key that was forgotten")
        .isEqualTo("new");
    storage.close();
  }

  /** A clock that steps back or far forward removes nothing young, and no state. */
  @Test
  protected void forget_bears_a_clock_that_steps() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(state("s", "1"), end("a", "1", NOW)), true);
    storage.forget(NOW.minus(DAY));
    storage.forget(NOW.minus(Duration.ofDays(20_000)));
    storage.forget(Instant.EPOCH);
    assertThat(find(storage, "a")).as("after the clock stepped back").isEqualTo("1");
    storage.append(List.of(end("a", "2", NOW.plus(Duration.ofDays(4_000)))), true);
    storage.forget(NOW.plus(DAY));
    assertThat(find(storage, "a")).as("an END of the future").isEqualTo("2");

    storage.forget(NOW.plus(Duration.ofDays(40_000)));
    assertThat(storage.find("a")).isNull();
    storage.forget(NOW);
    storage.append(
        List.of(end("a", "3", NOW), end("b", "1", NOW.minus(DAY)), end("c", "1", NOW.minus(DAY))),
        true);
    assertThat(find(storage, "a")).as("appended after a step far forward and back").isEqualTo("3");
    storage.forget(NOW.minusMillis(1));
    assertThat(find(storage, "a")).isEqualTo("3");
    assertThat(storage.find("b"))
        .as("older than the instant of this call, which is before those of earlier calls")
        .isNull();
    storage.close();
    Storage again = storage(place);
    assertThat(open(again)).containsExactlyInAnyOrderEntriesOf(Map.of("s", "1"));
    assertThat(find(again, "a")).isEqualTo("3");
    again.close();
  }

  /** A forgotten END takes with it those that were appended before it, whatever their clock. */
  @Test
  protected void a_forgotten_end_leaves_no_earlier_one() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(end("a", "1", NOW), end("b", "1", NOW)), true);
    storage.append(List.of(end("a", "2", NOW.minus(DAY)), end("b", "2", NOW.minus(DAY))), true);
    storage.append(List.of(end("b", "3", NOW)), true);

    storage.forget(NOW.minus(DAY.dividedBy(2)));
    for (int i = 0; i < 2; i++) {
      assertThat(storage.find("a"))
          .as("the newest END is forgotten; the one before it was replaced, though its age is less")
          .isNull();
      assertThat(find(storage, "b")).as("an END after the forgotten one").isEqualTo("3");
      storage.close();
      open(storage);
    }
    storage.append(List.of(end("a", "4", NOW)), true);
    assertThat(find(storage, "a")).isEqualTo("4");
    storage.close();
  }

  /** Many keys are kept, and what is forgotten among them is gone. */
  @Test
  protected void many_keys_are_kept() throws Exception {
    int keys = 20_000;
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    List<Change> batch = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < keys; i++) {
        boolean forgets = round == 2 && i % 2 == 0;
        batch.add(state("key" + i, forgets ? null : i + "." + round));
        if (batch.size() == 1_000) {
          storage.append(List.copyOf(batch), false);
          batch.clear();
        }
      }
    }
    storage.append(List.of(end("last", "1")), true);
    storage.close();

    Map<String, String> kept = reopened(place);
    assertThat(kept).hasSize(keys / 2).doesNotContainKey("key0");
    for (int i = 1; i < keys; i += 2) {
      assertThat(kept).containsEntry("key" + i, i + ".2");
    }
  }

  /** Find runs beside append, forget and close: a right answer or an exception, never null. */
  @Test
  protected void find_runs_beside_everything_else() throws Exception {
    Storage storage = storage(place());
    open(storage);
    AtomicInteger last = new AtomicInteger(-1);
    // Odd while the storage is closed and opened.
    AtomicInteger turn = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<@Nullable String> wrong = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      Random random = new Random(t);
      Thread reader =
          new Thread(
              () -> {
                while (!done.get()) {
                  int before = turn.get();
                  int most = last.get();
                  int asked = most < 0 ? 0 : random.nextInt(most + 1);
                  try {
                    String found = find(storage, "e" + asked);
                    if (most >= 0 && !Integer.toString(asked).equals(found)) {
                      wrong.set("find of e" + asked + " gave " + found);
                    }
                  } catch (Exception e) {
                    if (before % 2 == 0 && turn.get() == before) {
                      wrong.set("find of e" + asked + " threw while it was open: " + e);
                    }
                  }
                }
              });
      reader.start();
      readers.add(reader);
    }
    for (int i = 0; i < 400; i++) {
      storage.append(List.of(state("s", "" + i), end("e" + i, "" + i)), i % 10 == 0);
      last.set(i);
      if (i % 50 == 25) {
        storage.forget(NOW.minus(DAY));
      }
      if (i % 50 == 49) {
        turn.incrementAndGet();
        storage.close();
        open(storage);
        turn.incrementAndGet();
      }
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join(TimeUnit.SECONDS.toMillis(30));
      assertThat(reader.isAlive()).as("a find hangs").isFalse();
    }
    assertThat(wrong.get()).as("an answer beside append, forget and close").isNull();
    storage.close();
  }

  /** A thread that is interrupted in find harms its own call at most. */
  @Test
  protected void an_interrupted_find_harms_nothing() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    storage.append(List.of(end("e", "x".repeat(100_000))), true);
    CountDownLatch asked = new CountDownLatch(1);
    Thread reader =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                storage.find("e");
              } catch (Exception harmless) {
                // Allowed: the thread was to stop.
              }
              asked.countDown();
            });
    reader.start();
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(find(storage, "e")).hasSize(100_000);
    storage.append(List.of(state("s", "1")), true);
    storage.close();
    assertThat(reopened(place)).containsOnlyKeys("s");
  }

  /** A storage has one holder; a refusal takes nothing from it. */
  @Test
  protected void a_second_storage_of_the_process_is_refused() throws Exception {
    Path place = place();
    Storage first = storage(place);
    open(first);
    first.append(List.of(state("a", "1")), true);
    Storage second = storage(place);

    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> open(second))
          .as("another storage of this process holds the place")
          .isInstanceOf(IllegalStateException.class);
      second.close();
    }
    assertThatThrownBy(() -> open(first))
        .as("it is open already")
        .isInstanceOf(IllegalStateException.class);
    try (ChildProcess other = start(StorageProcess.Job.HOLD, place)) {
      List<String> answer = new ArrayList<>();
      for (String next = other.line(); next != null && !next.equals("open"); next = other.line()) {
        answer.add(next);
      }
      assertThat(answer)
          .as(
              "after a refusal, another process is refused too: a process loses its lock on a file"
                  + " when it closes any channel to that file")
          .anyMatch(line -> line.contains("IllegalStateException"));
    }
    first.append(List.of(state("b", "1")), true);
    first.close();
    assertThat(open(second)).containsOnlyKeys("a", "b");
    second.close();
  }

  /** Another process is refused by name of the holder; its death frees the storage. */
  @Test
  protected void the_lock_ends_with_the_process() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    try (ChildProcess other = start(StorageProcess.Job.HOLD, place)) {
      other.await("open");
      assertThatThrownBy(() -> open(storage))
          .as("another process holds the place, and the refusal names it (see holder)")
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(holder(other.pid()));
      other.kill();
    }

    assertThat(open(storage)).as("the holder was killed").isEmpty();
    storage.append(List.of(state("a", "1")), true);
    storage.close();
  }

  /** After kill -9 all that was forced is there, whole and in order. */
  @Test
  protected void a_kill_loses_nothing_that_was_forced() throws Exception {
    Path place = place();
    for (int round = 0; round < kills(); round++) {
      int acknowledged = 0;
      try (ChildProcess other = start(StorageProcess.Job.APPEND, place)) {
        other.await("open");
        int wanted = 5 + 40 * round;
        for (int i = 0; i < wanted; i++) {
          acknowledged = Integer.parseInt(Objects.requireNonNull(other.line(), "it ended early"));
        }
        for (String line : other.kill()) {
          acknowledged = number(line, acknowledged);
        }
      }
      Storage storage = storage(place);
      Map<String, String> kept = open(storage);
      int last = Integer.parseInt(kept.getOrDefault("x", "0"));
      assertThat(last)
          .as("the last batch that is kept; up to the other one was forced")
          .isGreaterThanOrEqualTo(acknowledged);
      assertThat(kept).as("a part of a batch").containsEntry("y", "" + last);
      for (int i = 1; i <= last; i++) {
        assertThat(find(storage, "e" + i)).as("a hole in the order").isEqualTo("" + i);
      }
      storage.close();
    }
  }

  /* The last line may have been cut by the kill. */
  private static int number(String line, int before) {
    return line.matches("[0-9]+") && Integer.parseInt(line) == before + 3
        ? Integer.parseInt(line)
        : before;
  }

  /** A forced batch is acknowledged after a sync; after a sync that failed, nothing is. */
  @Test
  protected void force_reaches_the_disk() throws Exception {
    assumeTrue(forcesFiles(), RestartContract.SERVER_SYNCS);
    DiskTrace sound = traced("");
    assertThat(sound.failed()).isZero();
    if (!sound.hasSyncs()) {
      return; // each write is a sync by itself (O_DSYNC), so there is no sync to fail
    }
    for (int round = 0; round < kills(); round++) {
      // Every nth after the first, so that opening fails at different steps.
      int first = 1 + round % EACH_NTH;
      assertThat(traced(first + "+" + EACH_NTH).failed())
          .as("syncs that failed, from number %s", first)
          .isPositive();
    }
    assertThat(traced("25+").failed()).as("syncs on a disk that stays broken").isPositive();
  }

  /* Runs a process with syncs that fail, kills it, and looks for what it had acknowledged. */
  private DiskTrace traced(String failing) throws Exception {
    Path place = place();
    DiskTrace trace = DiskTrace.to(dir.resolve("trace-" + places), place);
    List<String> lines = new ArrayList<>();
    try (ChildProcess other =
        StorageProcess.start(
            trace.command(failing), getClass(), properties(), StorageProcess.Job.APPEND, place)) {
      while (lines.size() < LINES) {
        lines.add(Objects.requireNonNull(other.line(), () -> "it ended early: " + lines));
      }
      lines.addAll(other.kill());
    }
    trace.check();
    List<Integer> kept = new ArrayList<>();
    int next = 1;
    for (String line : lines) {
      Matcher told = TOLD.matcher(line);
      if (told.matches()) {
        int until = Integer.parseInt(told.group(2));
        for (int i = next; i <= until && told.group(1) == null; i++) {
          kept.add(i);
        }
        next = until + 1;
      }
    }
    Storage storage = storage(place);
    Map<String, String> states = open(storage);
    for (int i : kept) {
      assertThat(find(storage, "e" + i)).as("append %s of %s", i, lines).isEqualTo("" + i);
    }
    assertThat(states.get("y")).as("a part of a batch").isEqualTo(states.get("x"));
    storage.close();
    return trace;
  }

  private ChildProcess start(StorageProcess.Job job, Path place) throws IOException {
    return StorageProcess.start(List.of(), getClass(), properties(), job, place);
  }

  /** A file that was cut off at any place is refused, or holds whole batches from the first. */
  @Test
  protected void a_torn_file_holds_whole_batches_or_is_refused() throws Exception {
    Path place = written();
    for (Path file : filesToDamage(place)) {
      byte[] whole = Files.readAllBytes(file);
      int used = used(whole);
      for (int cut = 0; cut < TORN; cut++) {
        int at = (int) ((long) used * cut / TORN);
        for (boolean zeros : new boolean[] {true, false}) {
          byte[] torn = Arrays.copyOf(whole, zeros ? whole.length : at);
          Arrays.fill(torn, at, torn.length, (byte) 0);
          int kept = batchesAfter(place, file, torn);
          assertThat(kept).as("%s cut at %s", file.getFileName(), at).isBetween(-1, BATCHES);
        }
      }
    }
  }

  /** A damaged byte is refused, unless nothing but the last batch is behind it. */
  @Test
  protected void damage_is_not_passed_over() throws Exception {
    Path place = written();
    for (Path file : filesToDamage(place)) {
      byte[] whole = Files.readAllBytes(file);
      int used = used(whole);
      for (int i = 0; i < TORN; i++) {
        int at = (int) ((long) used * i / TORN);
        byte[] damaged = whole.clone();
        damaged[at] ^= (byte) (1 << i % Byte.SIZE);
        int kept = batchesAfter(place, file, damaged);
        assertThat(kept)
            .as(
                "batches found in %s with a damaged byte %s; -1 is a refusal",
                file.getFileName(), at)
            .isIn(-1, BATCHES - 1, BATCHES);
      }
    }
  }

  private List<Path> filesToDamage(Path place) throws IOException {
    List<Path> files = files(place);
    assumeFalse(
        files.isEmpty(),
        "does not apply: files(place) names no file, which is right over a database; else name those"
            + " that a crash may tear");
    return files;
  }

  private Path written() throws Exception {
    Path place = place();
    Storage storage = storage(place);
    open(storage);
    for (int i = 1; i <= BATCHES; i++) {
      storage.append(StorageProcess.batch(i), true);
    }
    storage.close();
    return place;
  }

  private static int used(byte[] file) {
    int used = file.length;
    while (used > 0 && file[used - 1] == 0) {
      used--;
    }
    return used;
  }

  /* How many batches a storage finds in a copy with one changed file; -1 if it refuses. */
  private int batchesAfter(Path place, Path file, byte[] bytes) throws Exception {
    Path copy = place();
    try (Stream<Path> all = Files.walk(place)) {
      for (Path one : all.toList()) {
        Files.copy(one, copy.resolve(place.relativize(one).toString()));
      }
    }
    Files.write(copy.resolve(place.relativize(file).toString()), bytes);
    Storage storage = storage(copy);
    try {
      Map<String, String> kept;
      try {
        kept = open(storage);
      } catch (Exception refused) {
        return -1;
      }
      int last = Integer.parseInt(kept.getOrDefault("x", "0"));
      assertThat(kept.getOrDefault("y", "0")).as("a part of a batch").isEqualTo("" + last);
      for (int i = 1; i <= BATCHES; i++) {
        assertThat(find(storage, "e" + i)).isEqualTo(i <= last ? "" + i : null);
      }
      return last;
    } finally {
      storage.close();
    }
  }

  /** The store that core makes of the storage. */
  @Nested
  class AsStore extends StoreContract {
    private final Map<Store, Path> open = new HashMap<>();

    @Override
    protected Store newStore() throws Exception {
      return over(place());
    }

    @Override
    protected Store again(Store closed) throws Exception {
      return over(Objects.requireNonNull(open.get(closed)));
    }

    private Store over(Path place) throws Exception {
      Store store = Store.of(storage(place));
      open.put(store, place);
      return store;
    }
  }

  /** An arbiter over the storage. */
  @Nested
  class AtWork extends RestartContract {
    @Override
    protected Storage storage(Path place) throws Exception {
      return StorageContract.this.storage(place);
    }

    @Override
    protected int kills() {
      return StorageContract.this.kills();
    }

    @Override
    protected Map<String, String> properties() {
      return StorageContract.this.properties();
    }

    @Override
    protected boolean forcesFiles() {
      return StorageContract.this.forcesFiles();
    }

    @Override
    Class<?> inOtherProcess() {
      return StorageContract.this.getClass();
    }
  }
}
