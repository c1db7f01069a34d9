/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.example.report.RunOptions.UnusableInput;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files as other tools write them are read; what is wrong with a file is one line. */
class OutcomeFileTest {
  private static final String PLAIN =
      "task_id,category,agent,success,cost\nt1,c,ada,1,0.5\nt2,c,bob,0,0.25\n";

  @TempDir private Path dir;

  private RecordedTrials read(String text, Charset charset) throws Exception {
    Path file = Files.write(dir.resolve("outcomes.csv"), text.getBytes(charset));
    return new OutcomeFile(file, false, "").read(false);
  }

  private RecordedTrials read(String text) throws Exception {
    return read(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",task_id,category,agent,success,cost\n0,t1,c,ada,True,0.5\n1,t2,c,bob,False,0.25\n", // pandas
        "task_id,category,agent,success,cost\nt1,c,ada,1.0,0.5\nt2,c,bob,0.0,0.25",
        "\ufefftask_id,category,agent,success,cost\r\nt1,c,ada,TRUE,0.5\r\nt2,c,bob,FALSE,0.25\r\n",
        "task_id,category,agent,success,cost\n\nt1,c,ada,1,0.5\n\nt2,c,bob,0,0.25\n\n  \n",
        "task_id;category;agent;success;cost\nt1;c;ada;1;0.5\nt2;c;bob;0;0.25\n",
        "task_id\tcategory\tagent\tsuccess\tcost\nt1\tc\tada\t1\t0.5\nt2\tc\tbob\t0\t0.25\n",
        "\"task_id\",\" category \",\"agent\",\"success\",\"cost\"\n\"t1\",\"c\",\"ada\",\"1\",0.5\nt2,c,bob,0,.25\n",
        "Unnamed: 0,cost,success,agent,category,task_id\n0,0.5,1,ada,c,t1\n1,0.25,0,bob,c,t2\n",
        """
        [{"task_id": "t1", "category": "c", "agent": "ada", "success": true, "cost": 0.5},
         {"task_id": "t2", "category": "c", "agent": "bob", "success": 0, "cost": 0.25}]""",
        """
        \ufeff{"task_id": "t1", "category": "c", "agent": "ada", "success": 1, "cost": 0.5}\r
        \r
        {"task_id": "t2", "category": "c", "agent": "bob", "success": false, "cost": 0.25}\r
        \r
        """,
      })
  void one_content_in_many_forms_is_one_record(String text) throws Exception {
    RecordedTrials expected = read(PLAIN);

    RecordedTrials read = read(text);

    assertThat(read.profiles()).isEqualTo(expected.profiles());
    assertThat(read.matrix().size()).isEqualTo(2);
  }

  @Test
  void a_missing_number_is_none() throws Exception {
    String rows = "t1,c,ada,1,nan\nt2,c,ada,1,NaN\nt3,c,ada,1,\nt4,c,ada,1,NULL\n";

    assertThat(read("task_id,category,agent,success,cost\n" + rows).profiles().get("ada"))
        .satisfies(profile -> assertThat(profile.meanCost()).isZero());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t1,c,ada,maybe,1|line 3, record 2, has success 'maybe'; it must be 0 or 1",
        "t1,c,ada,,1|line 3, record 2, has an empty success; fill it in",
        "t1,c,ada,1,x|line 3, record 2, has cost 'x'; it must be a number >= 0, or empty",
        "t1,c,ada,1|line 3, record 2, has 4 cells, the header has 5; mend the line",
        "t1,c,ada,1,1,1|line 3, record 2, has 6 cells, the header has 5; mend the line",
        "t1,\"c\"x,ada,1,1|cannot be read as CSV:",
      })
  void a_wrong_row_is_one_line_with_file_line_column_and_what_to_do(String row, String message) {
    String text = "task_id,category,agent,success,cost\nt0,c,ada,1,1\n" + row + "\n";

    assertThatThrownBy(() -> read(text))
        .isInstanceOf(UnusableInput.class)
        .hasMessageContaining("outcomes.csv")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "task_id,category,agent,score|has no column 'success'; it has [task_id, category, agent, score]",
        "task_id,category,agent,agent,success|has the column 'agent' twice in its header; rename one",
      })
  void a_wrong_header_is_named(String header, String message) {
    assertThatThrownBy(
            () -> read(header + "\n" + "1,".repeat(header.split(",", -1).length - 1) + "1"))
        .isInstanceOf(UnusableInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void text_that_is_no_utf8_is_named_with_its_line() {
    assertThatThrownBy(() -> read(PLAIN + "t3,c,\u00e9ric,1,1\n", StandardCharsets.ISO_8859_1))
        .isInstanceOf(UnusableInput.class)
        .hasMessageContaining(", line 4, holds bytes that are no UTF-8; save the file as UTF-8");
    assertThatThrownBy(() -> read("\ufeff" + PLAIN, StandardCharsets.UTF_16LE))
        .hasMessageContaining("line 1, holds bytes that are no UTF-8");
  }

  @Test
  void wrong_json_is_named_with_its_line() {
    assertThatThrownBy(() -> read("[{\"task_id\": 1},\n nonsense]"))
        .hasMessageContaining("has no column 'category'");
    assertThatThrownBy(() -> read("[\n nonsense]"))
        .hasMessageContaining("line 2, is no JSON")
        .hasMessageContaining("one object a line");
    assertThatThrownBy(() -> read("[1]")).hasMessageContaining("has no JSON object");
  }

  @Test
  void damaged_files_end_in_one_line_and_exit_code_2() throws Exception {
    SplittableRandom random = new SplittableRandom(9);
    String letters = ",;\t\n\r\"'{}[]:0x1\ufeff\u00e9 \0";
    for (int i = 0; i < 300; i++) {
      StringBuilder damaged = new StringBuilder(PLAIN);
      for (int j = random.nextInt(6); j >= 0; j--) {
        int at = random.nextInt(damaged.length());
        char letter = letters.charAt(random.nextInt(letters.length()));
        damaged.replace(at, at + random.nextInt(2), String.valueOf(letter));
      }
      Charset charset = random.nextInt(4) == 0 ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
      Path file = Files.write(dir.resolve("f.csv"), damaged.toString().getBytes(charset));
      StringWriter err = new StringWriter();

      int code =
          OutcomeReplay.commandLine()
              .setOut(new PrintWriter(new StringWriter()))
              .setErr(new PrintWriter(err, true))
              .execute("--outcomes", file.toString(), "--runs", "1", "--router-only");

      assertThat(code).as(damaged + " " + err).isIn(0, 2);
      assertThat(err.toString().lines().count()).as(err.toString()).isEqualTo(code / 2);
    }
  }

  @Test
  void a_report_that_has_no_place_is_one_line() {
    StringWriter err = new StringWriter();

    int code =
        OutcomeReplay.commandLine()
            .setOut(new PrintWriter(new StringWriter()))
            .setErr(new PrintWriter(err, true))
            .execute("--runs", "1", "--report", dir.resolve("no/report.html").toString());

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("report.html").hasLineCount(1);
  }
}
