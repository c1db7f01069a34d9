/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Traces as strace 6.1 writes them. */
class DiskTraceTest {
  private static final String LOG =
      "openat(AT_FDCWD</x>, \"/d/p/log\", O_RDWR|O_CREAT, 0666) = 5</d/p/log>";
  private static final String FOLDER = "fsync(7</d/p>) = 0";
  private static final String OPEN = "write(1<pipe:[12]>, \"open\\n\", 5) = 5";
  private static final String WRITE = "write(5</d/p/log>, \"\\0\\0\"..., 150) = 150";
  private static final String SYNC = "fdatasync(5</d/p/log>)           = 0";

  private static String told(int number) {
    return "write(1<pipe:[12]>, \"" + number + "\\n\", 2) = 2";
  }

  private static void check(String... calls) {
    new DiskTrace.Check("/d/p").all(Arrays.asList(calls));
  }

  private static void refused(String reason, String... calls) {
    assertThatThrownBy(() -> check(calls))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(reason);
  }

  private static String[] opened(String... calls) {
    List<String> all = new ArrayList<>(List.of(LOG, FOLDER, OPEN));
    all.addAll(List.of(calls));
    return all.toArray(String[]::new);
  }

  @Test
  void each_file_that_was_written_is_synced_after_its_last_write() {
    assertThatCode(() -> check(opened(WRITE, SYNC, told(3), WRITE, WRITE, SYNC, told(6))))
        .doesNotThrowAnyException();

    refused(
        "no fsync, fdatasync or msync ran before append 6",
        opened(WRITE, SYNC, told(3), WRITE, told(6)));
    refused("no sync of [/d/p/log] ran before append 3", opened(SYNC, WRITE, told(3)));
    refused(
        "no sync of [/d/p/index] ran before append 3",
        opened("pwrite64(6</d/p/index>, \"x\", 1, 0) = 1", WRITE, SYNC, told(3)));
    refused("no sync of [/d/p/log] ran", opened(WRITE, "fsync(6</d/other>) = 0", told(3)));
  }

  @Test
  void a_new_name_needs_a_sync_of_its_folder() {
    refused("of the folder of the new file [/d/p/log]", LOG, OPEN, WRITE, SYNC, told(3));
    refused(
        "of the folder of the new file [/d/p/two]",
        opened(WRITE, SYNC, "rename(\"/d/p/log\", \"/d/p/two\") = 0", told(3)));
    assertThatCode(
            () ->
                check(
                    opened(WRITE, SYNC, "rename(\"/d/p/log\", \"/d/p/two\") = 0", FOLDER, told(3))))
        .doesNotThrowAnyException();
  }

  @Test
  void a_write_may_be_a_sync_by_itself() {
    for (String flag : List.of("O_DSYNC", "O_SYNC")) {
      String through = LOG.replace("O_CREAT", "O_CREAT|" + flag);
      String again = "openat(AT_FDCWD</x>, \"/d/p/log\", O_RDONLY) = 8</d/p/log>";

      assertThatCode(() -> check(through, again, FOLDER, OPEN, WRITE, told(3), WRITE, told(6)))
          .doesNotThrowAnyException();
      refused("no fsync, fdatasync or msync ran before append 3", through, OPEN, told(3));
    }
  }

  @Test
  void what_holds_no_batch_needs_no_sync() {
    String owner = "write(6</d/p/holder>, \"12\", 2) = 2";
    String map = "mmap(NULL, 32768, PROT_READ|PROT_WRITE, MAP_SHARED, 9</d/p/log-shm>, 0) = 0x7f";
    String grow = "pwrite64(9</d/p/log-shm>, \"\\0\", 1, 32767) = 1";
    String part = "write(6</d/p/temporary>, \"12\", 2) = 2";

    assertThatCode(
            () ->
                check(
                    LOG,
                    FOLDER,
                    owner,
                    OPEN,
                    map,
                    grow,
                    part,
                    "unlink(\"/d/p/temporary\") = 0",
                    "write(3</elsewhere>, \"x\", 1) = 1",
                    WRITE,
                    SYNC,
                    told(3)))
        .doesNotThrowAnyException();
  }

  @Test
  void after_a_failed_sync_nothing_is_acknowledged_before_a_refusal() {
    String failed = "fdatasync(5</d/p/log>) = -1 EIO (Input/output error) (INJECTED)";
    String refusal = "write(1<pipe:[12]>, \"refused 3: java.io.IOExcept\"..., 50) = 50";

    refused("a sync had failed before append 3", opened(WRITE, failed, SYNC, told(3)));
    assertThatCode(() -> check(opened(WRITE, failed, refusal, OPEN, WRITE, SYNC, told(6))))
        .doesNotThrowAnyException();
  }
}
