/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PanelProgramTest {
  @TempDir private Path dir;
  private final StringWriter out = new StringWriter();
  private final StringWriter errors = new StringWriter();

  private int run(String... args) {
    return PanelProgram.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(errors, true))
        .execute(args);
  }

  private String file(String name, String text) throws Exception {
    return Files.writeString(dir.resolve(name), text).toString();
  }

  private JsonNode json(String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of(more));
    args.addAll(List.of("--format", "json", "--splits", "3"));
    assertThat(run(args.toArray(String[]::new))).as(errors.toString()).isZero();
    return new ObjectMapper().readTree(out.toString());
  }

  /* One strong model, three weak ones that err together, one that seldom answers. */
  private static String answers(int questions) {
    SplittableRandom random = new SplittableRandom(1);
    StringBuilder csv = new StringBuilder("question_id,category,answer,w1,w2,w3,strong,shy\n");
    for (int i = 0; i < questions; i++) {
      boolean trap = random.nextDouble() < .6;
      csv.append(i).append(",c").append(i % 3).append(",A");
      for (int weak = 0; weak < 3; weak++) {
        csv.append(trap && random.nextDouble() < .9 ? ",B" : ",A");
      }
      csv.append(random.nextDouble() < .8 ? ",A" : ",C");
      csv.append(random.nextDouble() < .2 ? ",A\n" : ",\n");
    }
    return csv.toString();
  }

  @Test
  void learned_votes_follow_the_strong_one_where_a_majority_fails() throws Exception {
    JsonNode figures = json("--answers", file("a.csv", answers(400)), "--learn", "100");

    assertThat(figures.get("questions").asInt()).isEqualTo(400);
    assertThat(figures.get("models").asInt()).isEqualTo(5);
    double best = figures.at("/bestSingle/mean").asDouble();
    assertThat(best).isBetween(.7, .9);
    assertThat(figures.at("/majority/mean").asDouble()).isLessThan(best - .2);
    assertThat(figures.at("/learned/mean").asDouble()).isGreaterThan(best - .01);
    assertThat(figures.at("/sequential/mean").asDouble()).isGreaterThan(best - .02);
    assertThat(figures.at("/calls/mean").asDouble()).isBetween(1.0, 4.0);
    assertThat(figures.at("/learned/se").asDouble()).isPositive();
  }

  @Test
  void one_seed_gives_one_result() throws Exception {
    String file = file("a.csv", answers(100));
    run("--answers", file, "--learn", "20", "--splits", "2", "--seed", "7");
    String first = out.toString();
    out.getBuffer().setLength(0);

    run("--answers", file, "--learn", "20", "--splits", "2", "--seed", "7");

    assertThat(out.toString()).isEqualTo(first).contains("learned weights");
  }

  @Test
  void only_the_named_models_are_asked() throws Exception {
    JsonNode figures =
        json("--answers", file("a.csv", answers(60)), "--learn", "20", "--models", "w1, strong");

    assertThat(figures.get("models").asInt()).isEqualTo(2);
    assertThat(figures.get("weights").has("shy")).isFalse();
  }

  @Test
  void verdicts_by_place_and_by_answer_are_read_alike() throws Exception {
    double[] flips = {.1, .5, .1};
    JsonNode byAnswer = json("--verdicts", file("v.csv", verdicts(false, flips)), "--learn", "100");
    out.getBuffer().setLength(0);
    JsonNode byPlace = json("--verdicts", file("p.csv", verdicts(true, flips)), "--learn", "100");

    for (String way : List.of("bestSingle", "majority", "learned", "sequential")) {
      assertThat(byPlace.get(way)).as(way).isEqualTo(byAnswer.get(way));
    }
    assertThat(byAnswer.get("kind").asText()).isEqualTo("verdicts");
    assertThat(byAnswer.at("/learned/mean").asDouble())
        .isGreaterThan(byAnswer.at("/bestSingle/mean").asDouble() - .01);
  }

  @Test
  void judges_that_mostly_go_by_place_abstain_where_they_do_in_either_spelling() throws Exception {
    double[] flips = {.87, .8, .7};
    for (boolean byPlace : List.of(false, true)) {
      out.getBuffer().setLength(0);
      JsonNode figures =
          json("--verdicts", file("v.csv", verdicts(byPlace, flips)), "--learn", "100");

      /* The liar keeps to its verdict in 30 % of the pairs, and is right in 30 % of these. */
      assertThat(figures.at("/anyRight/mean").asDouble()).isLessThan(.4);
      assertThat(figures.at("/majority/mean").asDouble()).isBetween(.2, .4);
    }
  }

  @Test
  void a_judge_without_its_form_means_all_its_forms() throws Exception {
    String file = file("v.csv", verdicts(false, new double[] {.1, .5, .1}));
    JsonNode figures = json("--verdicts", file, "--learn", "50", "--models", "owl");

    assertThat(figures.get("models").asInt()).isEqualTo(2);
  }

  /* Two good judges and one that is mostly wrong; each goes by place so often. */
  private static String verdicts(boolean byPlace, double[] place) {
    SplittableRandom random = new SplittableRandom(3);
    StringBuilder csv = new StringBuilder("subset,index,label");
    for (String judge : List.of("owl|plain", "owl|rules", "fox|plain")) {
      csv.append(',').append(judge).append("|ab,").append(judge).append("|ba");
    }
    double[] right = {.85, .7, .3};
    for (int i = 0; i < 300; i++) {
      int label = 1 + random.nextInt(2);
      csv.append("\ns").append(i % 2).append(',').append(i).append(',').append(label);
      for (int judge = 0; judge < 3; judge++) {
        int said = random.nextDouble() < right[judge] ? label : 3 - label;
        boolean flips = random.nextDouble() < place[judge];
        int one = flips ? 1 : said;
        int other = flips ? 2 : said;
        csv.append(',').append(random.nextInt(30) == 0 ? "None" : String.valueOf(one));
        csv.append(',').append(byPlace ? 3 - other : other);
      }
    }
    return csv.append('\n').toString();
  }

  @Test
  void without_a_file_scripted_agents_show_a_ballot_a_judge_and_a_debate() {
    assertThat(run("--splits", "2")).isZero();

    assertThat(out.toString())
        .contains("A ballot:")
        .contains("A judge:")
        .contains("first contradicts itself")
        .contains("A debate:")
        .contains("1,000 questions of scripted agents");
  }

  @Test
  void the_page_has_the_finding_and_every_figure() throws Exception {
    Path page = dir.resolve("report.html");

    run(
        "--answers",
        file("a.csv", answers(100).replace("strong", "</script><b>")),
        "--learn",
        "30",
        "--splits",
        "1",
        "--report",
        page.toString());

    String html = Files.readString(page);
    assertThat(html)
        .contains("Learned votes are right in")
        .contains("of a.csv")
        .doesNotContain("<b>")
        .doesNotContain(dir.toString());
  }

  @Test
  void unusable_input_names_file_line_and_next_step() throws Exception {
    refused("no file " + dir.resolve("none.csv"), "--answers", dir.resolve("none.csv").toString());
    refusedAnswers("is empty", "");
    refusedAnswers("line 1, has no column category", "question_id,answer,m\n1,A,A\n");
    refusedAnswers("line 1, names no model; add a column", "question_id,category,answer\n1,c,A\n");
    refusedAnswers("line 1, has the column 'm' twice", "question_id,category,answer,m,m\n");
    refusedAnswers(
        "line 3, has 3 cells and the header 4", "question_id,category,answer,m\n1,c,A,A\n2,c,A\n");
    refusedAnswers(
        "line 2, has no answer; fill it", "question_id,category,answer,m\n1,c,,A\n2,c,A,A\n");
    refusedAnswers("has 1 lines under its header", "question_id,category,answer,m\n1,c,A,A\n");
    refusedAnswers("is no CSV", "question_id,category,answer,m\n1,c,\"A,A\n");
    String good = file("good.csv", answers(20));
    refused("has no model 'gpt'; --models may name: w1", "--answers", good, "--models", "gpt");
    refused("--learn must be 1 to 19 for 20", "--answers", good, "--learn", "20");
    refused("--splits must be 1 to 1000", "--answers", good, "--splits", "0");
    refused("--format must be text or json", "--answers", good, "--format", "xml");
    refused("exclude each other", "--answers", good, "--verdicts", good);
    refused("--models needs a file", "--models", "ada");
    refused(
        "line 2, has '3' in j|p|ba; it must be 1, 2, or None",
        "--verdicts",
        file("v.csv", "subset,index,label,j|p|ab,j|p|ba\ns,1,1,1,3\ns,2,1,1,1\n"));
    refused(
        "has j|p|ab without j|p|ba",
        "--verdicts",
        file("w.csv", "subset,index,label,j|p|ab\ns,1,1,1\n"));
    refused(
        "line 2, has no label",
        "--verdicts",
        file("x.csv", "subset,index,label,j|p|ab,j|p|ba\ns,1,,1,1\ns,2,1,1,1\n"));
  }

  @Test
  void a_page_that_cannot_be_written_is_refused_before_the_work() throws Exception {
    Path nowhere = dir.resolve("none/report.html");

    refused(
        nowhere + " cannot be written: there is no such folder", "--report", nowhere.toString());
    refused(dir + " cannot be written", "--report", dir.toString());

    assertThat(out.toString()).isEmpty();
    assertThat(dir).isEmptyDirectory();
  }

  private void refusedAnswers(String message, String text) throws Exception {
    refused(message, "--answers", file("bad.csv", text));
  }

  private void refused(String message, String... args) {
    errors.getBuffer().setLength(0);
    assertThat(run(args)).as(message).isEqualTo(2);
    assertThat(errors.toString()).contains(message);
  }

  @Test
  void recorded_answers_give_the_figures_of_the_readme() throws Exception {
    String shared = System.getProperty("arbiter.shared", "");
    Path recorded = Path.of(shared, "data", "mmlu_pro_answers_half.csv");
    assumeTrue(Files.isReadable(recorded), "no recorded answers at " + recorded);

    JsonNode figures = json("--answers", recorded.toString());

    double best = figures.at("/bestSingle/mean").asDouble();
    assertThat(figures.at("/learned/mean").asDouble()).isGreaterThan(best + .02);
    assertThat(figures.at("/sequential/mean").asDouble()).isGreaterThan(best + .02);
    assertThat(figures.at("/majority/mean").asDouble()).isLessThan(best - .05);
  }
}
