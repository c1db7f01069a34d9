/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.arbitration.Judges.Choice;
import dev.arbiter.arbitration.Judges.Judged;
import dev.arbiter.arbitration.Reply.Evidence;
import dev.arbiter.arbitration.Ruling.Content;
import dev.arbiter.arbitration.Ruling.Outcome;
import dev.arbiter.arbitration.Ruling.Stage;
import dev.arbiter.arbitration.Ruling.Step;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives a task to several agents and rules which answer holds.
 *
 * <p>The order is: check each answer, if there is a verifier; count the ballot of those that pass;
 * with a price, ask the best first and stop early; while no answer has the least confidence, try
 * the steps for a {@link Deadlock} in their order. Debates and judges come only after a
 * disagreement.
 *
 * <p>Thread-safe. Nothing waits without an end: each call ends with the time of the limits, and an
 * arbitration whose budget ends in the middle rules by what it has. Its stages run on the threads
 * on which agents report.
 */
public final class Arbitration {
  private static final int LONGEST_SHOWN = 4_000;
  private static final int LONGEST_QUOTE = 200;
  private static final int MOST_SEQUENCES = 16;
  private static final double MOST_JUDGED = 3;

  private final Panel panel;
  private final Ballot ballot;
  private final Verifier verifier;
  private final double price;
  private final @Nullable Judges judges;
  private final @Nullable Debate debate;
  private final List<Deadlock> steps;
  private final double minConfidence;
  private final Limits limits;
  private final Sealer sealer;
  private final ConflictKind kind;
  private final List<String> audiences;
  private final Map<List<String>, Sequential> sequences =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<List<String>, Sequential> eldest) {
          return size() > MOST_SEQUENCES;
        }
      };

  private Arbitration(Builder builder) {
    panel = builder.panel;
    ballot = builder.ballot;
    verifier = builder.verifier;
    price = builder.price;
    judges = builder.judges;
    debate = builder.debate;
    steps = List.copyOf(builder.steps);
    minConfidence = builder.minConfidence;
    limits = builder.limits;
    sealer = builder.sealer;
    kind = builder.kind;
    audiences = builder.audiences;
  }

  /**
   * {@return a builder with defaults for everything else}
   *
   * @param panel calls the agents
   * @param ballot counts their answers, and learns
   */
  public static Builder builder(Panel panel, Ballot ballot) {
    return new Builder(panel, ballot);
  }

  /**
   * Asks the agents and rules.
   *
   * @param task what is asked; it is given to the agents as it is
   * @param panelists at least one, each once
   * @return never fails; without any answer the outcome is {@link Outcome#REJECTED}
   * @throws IllegalArgumentException if there is no panelist, or one twice
   */
  public CompletionStage<Ruling> arbitrate(Task task, List<Panelist> panelists) {
    return arbitrate(task, panelists, panel.purse(limits));
  }

  private CompletableFuture<Ruling> arbitrate(Task task, List<Panelist> panelists, Purse purse) {
    Require.that(!panelists.isEmpty(), "an arbitration needs one panelist at least, got none");
    Panel.distinct(panelists);
    Case open = new Case(task, List.copyOf(panelists), purse);
    return open.collect()
        .thenCompose(done -> open.settle(0))
        .exceptionally(open::broken)
        .thenApply(done -> open.ruling());
  }

  /**
   * {@return an agent that answers by arbitration between others} Register it like any other. The
   * constitution judges and seals its report as it does any report; the ruling is its evidence
   * {@code arbitration}. A conditional ruling with a question asks a person through the engine.
   * What each call cost is added to the meter of the assignment when the call ends, so that it is
   * paid even if the task is cancelled then.
   *
   * @param panelists at least one, each once
   */
  public AsyncAgent asAgent(List<Panelist> panelists) {
    Require.that(!panelists.isEmpty(), "an arbitration needs one panelist at least, got none");
    Panel.distinct(panelists);
    return assignment -> {
      Duration time =
          limits.time().compareTo(assignment.timeLimit()) < 0
              ? limits.time()
              : assignment.timeLimit().multipliedBy(9).dividedBy(10); // the rest is for the ruling
      Purse purse = panel.purse(limits.withTime(time), assignment.meter()::set);
      return arbitrate(assignment.task(), panelists, purse)
          .thenCompose(ruling -> report(assignment, ruling));
    };
  }

  private static CompletionStage<WorkReport> report(Assignment assignment, Ruling ruling) {
    Reply answer = ruling.answer().orElse(null);
    if (answer == null) {
      return CompletableFuture.failedFuture(
          new AgentException(last(ruling), ruling.spent().usage()));
    }
    Question question = ruling.question().orElse(null);
    return question == null
        ? CompletableFuture.completedFuture(
            report(ruling, answer, ruling.outcome() == Outcome.APPROVED))
        : assignment.ask(question).thenCompose(approval -> decided(ruling, answer, approval));
  }

  private static CompletionStage<WorkReport> decided(
      Ruling ruling, Reply answer, Approval approval) {
    if (approval.isDenial()) {
      return CompletableFuture.failedFuture(
          new AgentException("a person refused the answer", ruling.spent().usage()));
    }
    WorkReport report = report(ruling, answer, true);
    boolean other = approval.answer().kind() == Answer.Kind.ANSWERED;
    return CompletableFuture.completedFuture(
        other
            ? new WorkReport(approval.answer().text(), List.of(), report.evidence(), report.usage())
            : report);
  }

  private static WorkReport report(Ruling ruling, Reply answer, boolean isSure) {
    return answer
        .work()
        .withUsage(ruling.spent().usage())
        .withEvidence(
            new WorkReport.Evidence("arbitration", isSure, ruling.confidence(), last(ruling)));
  }

  private static String last(Ruling ruling) {
    return ruling.steps().get(ruling.steps().size() - 1).text();
  }

  /**
   * Learns from the outcome: the ballot, the debate and the judges.
   *
   * @param ruling each is learned from once
   * @param right says of an answer whether it is right
   * @throws IllegalStateException if it was learned from before
   */
  public void learn(Ruling ruling, Predicate<String> right) {
    ballot.learn(ruling.votes(), right);
    if (debate != null) {
      ruling.debate().ifPresent(report -> debate.learn(report, right));
    }
    Judged judged = ruling.judged().orElse(null);
    List<Tally.Option> two = ruling.content().compared();
    if (judges != null && judged != null && two.size() == 2) {
      boolean first = right.test(two.get(0).answer());
      if (first != right.test(two.get(1).answer())) {
        judges.learn(judged, first);
      }
    }
  }

  /**
   * Weighs new evidence about an answer, by the rule that decided. Evidence for the answer that
   * holds never takes it away. A ruling can be appealed once, and the ruling on an appeal is final.
   * No agent is asked again.
   *
   * @param ruling the ruling
   * @param answer one of its answers, in the words of {@link Tally.Option#answer}
   * @param evidence its source must be new to that answer
   * @return the ruling on the appeal
   * @throws IllegalStateException if the ruling was appealed before
   * @throws IllegalArgumentException if the answer or the source is not new
   */
  public Ruling appeal(Ruling ruling, String answer, Evidence evidence) {
    Tally tally = ruling.tally();
    Votes votes = tally.votes();
    int group =
        tally.ranked().stream().filter(at -> votes.text(at).equals(answer)).findFirst().orElse(-1);
    Require.that(
        group >= 0, "no answer of this ruling is '%s'", Sanitizer.text(answer, LONGEST_QUOTE));
    List<Reply> replies = new ArrayList<>();
    for (int i = 0; i < votes.size(); i++) {
      Reply reply = votes.reply(i);
      if (votes.group(i) == group) {
        List<Evidence> all = new ArrayList<>(reply.evidence());
        Require.that(
            all.stream().noneMatch(old -> old.source().equals(evidence.source())),
            "evidence of '%s' was weighed before; an appeal needs new evidence",
            evidence.source());
        all.add(evidence);
        reply = reply.with(all);
      }
      replies.add(reply);
    }
    if (!ruling.hear()) {
      throw new IllegalStateException(
          "the ruling on task '" + ruling.task().id() + "' was appealed before; once is all");
    }
    Case open = new Case(ruling.task(), List.of(), panel.purse(limits));
    open.votes = ruling.votes();
    Tally again = ballot.decide(tally.type(), replies, tally.rule());
    open.tally = onAppeal(tally, again, group, evidence);
    open.spentBefore = ruling.spent();
    open.appealed = true;
    open.log.addAll(ruling.steps().subList(0, ruling.steps().size() - 1));
    open.say(
        Stage.APPEAL_REVIEW,
        "new evidence from %s, weight %.2f: %s",
        evidence.source(),
        evidence.weight(),
        Sanitizer.text(evidence.text(), LONGEST_QUOTE));
    return open.ruling();
  }

  /* The rule that decides again knows no trusted leader, and no answer proposed to a person. */
  private static Tally onAppeal(Tally before, Tally after, int answer, Evidence evidence) {
    boolean isProposed = before.outcome() != Tally.Outcome.DECIDED;
    Tally next = isProposed && before.winner().isPresent() ? after.proposed() : after;
    double gain = before.isWinner(answer) ? evidence.weight() : -evidence.weight();
    boolean isKept = next.hasWinnerOf(before) && next.confidence() >= before.confidence();
    return before.winner().isPresent() && gain >= 0 && !isKept ? before : next;
  }

  /* A sequence computes its plan when it is made, so one is kept for each group of agents. */
  private Sequential sequence(List<String> ids) {
    synchronized (sequences) {
      return sequences.computeIfAbsent(
          ids, group -> Sequential.builder(ballot, group).price(price).build());
    }
  }

  /* One arbitration. Its stages follow each other, so no two threads use it at once. */
  private final class Case {
    private final Task task;
    private final List<Panelist> panelists;
    private final Purse purse;
    private final List<Step> log = new ArrayList<>();
    private final List<Reply> replies = new ArrayList<>();
    private Tally votes;
    private Tally tally;
    private List<Tally.Option> compared = List.of();
    private Optional<Debate.Report> debated = Optional.empty();
    private Optional<Judged> judged = Optional.empty();
    private boolean trustsLeader;
    private boolean askPerson;
    private boolean appealed;
    private Ruling.Spent spentBefore = new Ruling.Spent(0, Usage.none(), Duration.ZERO);

    Case(Task task, List<Panelist> panelists, Purse purse) {
      this.task = task;
      this.panelists = panelists;
      this.purse = purse;
      votes =
          Tally.weigh(Votes.of(task.type(), new Reply[0], new int[0], List.of()), new double[0], 0);
      tally = votes;
    }

    private void say(Stage stage, String format, Object... values) {
      log.add(new Step(stage, String.format(Locale.ROOT, format, values)));
    }

    CompletableFuture<Void> collect() {
      say(
          Stage.INITIALIZED,
          "%d agents, at most %d calls, least confidence %.2f",
          panelists.size(),
          limits.calls(),
          minConfidence);
      if (price <= 0) {
        return panel
            .ask(task, panelists, purse)
            .thenAccept(all -> take(all.stream().map(this::checked).toList()));
      }
      List<String> ids = panelists.stream().map(Panelist::id).toList();
      return next(sequence(ids).run(task.type()));
    }

    private CompletableFuture<Void> next(Sequential.Run run) {
      Panelist panelist =
          run.next()
              .flatMap(id -> panelists.stream().filter(p -> p.id().equals(id)).findFirst())
              .orElse(null);
      if (panelist == null) {
        take(run.replies());
        votes = run.tally();
        tally = votes;
        return CompletableFuture.completedFuture(null);
      }
      return panel
          .ask(task, panelist, purse)
          .thenCompose(
              reply -> {
                run.add(checked(reply));
                return next(run);
              });
    }

    /* What judges and an adopted debate have added still counts, with the new replies beside it. */
    private void take(List<Reply> more) {
      List<Reply> counted = tally == votes ? List.of() : tally.votes().replies();
      replies.addAll(more);
      votes = ballot.decide(task.type(), replies);
      tally =
          counted.isEmpty()
              ? votes
              : ballot.decide(
                  task.type(),
                  Stream.concat(counted.stream(), more.stream()).toList(),
                  tally.rule());
      tellAbstentions(more);
      if (trustsLeader) {
        trustLeader();
      }
      say(
          Stage.EVIDENCE_COLLECTION,
          "%d of %d agents asked, %d answers that count",
          replies.size(),
          panelists.size(),
          votes.votes().answered());
    }

    private void tellAbstentions(List<Reply> of) {
      for (Reply reply : of) {
        if (reply.abstained()) {
          boolean failed = reply.note().startsWith("did not pass");
          say(
              failed ? Stage.RULE_EVALUATION : Stage.EVIDENCE_COLLECTION,
              "%s: %s",
              reply.agent(),
              reply.note().isEmpty() ? "abstained" : reply.note());
        }
      }
    }

    /* An answer that does not pass is an abstention that has its price. */
    private Reply checked(Reply reply) {
      if (reply.abstained()) {
        return reply;
      }
      Optional<String> why;
      try {
        why = verifier.whyNot(task, reply);
      } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
        why = Optional.of("the check broke: " + e.getMessage());
      }
      return why.map(
              reason ->
                  Reply.none(
                      reply.agent(),
                      "did not pass: " + Sanitizer.text(reason, LONGEST_QUOTE),
                      reply.work().usage()))
          .orElse(reply);
    }

    /** Tries the steps for a deadlock, from one on. */
    CompletableFuture<Void> settle(int from) {
      if (from == steps.size() || isSure()) {
        return CompletableFuture.completedFuture(null);
      }
      boolean isEmpty = tally.outcome() == Tally.Outcome.NO_ANSWER;
      if (isEmpty && steps.get(from) != Deadlock.MORE_EVIDENCE) {
        return settle(from + 1);
      }
      CompletableFuture<Void> step =
          switch (steps.get(from)) {
            case MORE_EVIDENCE -> moreEvidence();
            case DEBATE -> debate();
            case JUDGE -> judge();
            case LEADER -> leader();
            case PERSON -> person();
          };
      return step.thenCompose(done -> settle(from + 1));
    }

    private boolean isSure() {
      return tally.outcome() == Tally.Outcome.DECIDED && tally.confidence() >= minConfidence;
    }

    private CompletableFuture<Void> moreEvidence() {
      List<String> asked = replies.stream().map(Reply::agent).toList();
      Panelist next =
          ballot.bestFirst(panelists.stream().map(Panelist::id).toList()).stream()
              .filter(id -> !asked.contains(id))
              .flatMap(id -> panelists.stream().filter(p -> p.id().equals(id)))
              .findFirst()
              .orElse(null);
      if (next == null || isSure()) {
        return CompletableFuture.completedFuture(null);
      }
      return panel
          .ask(task, next, purse)
          .thenCompose(
              reply -> {
                take(List.of(checked(reply)));
                return moreEvidence();
              });
    }

    private CompletableFuture<Void> debate() {
      Debate configured = debate;
      if (configured == null) {
        return CompletableFuture.completedFuture(null);
      }
      return configured
          .hold(task, tally, panelists, purse, this::checked)
          .thenAccept(
              report -> {
                debated = Optional.of(report);
                tally = report.adopted();
                report.after().ifPresent(after -> tellAbstentions(after.votes().replies()));
                say(
                    Stage.DEBATE_IN_PROGRESS,
                    "%d speeches; before: %s; after: %s; %s",
                    report.turns().size(),
                    told(report.before()),
                    report.after().map(this::told).orElse("none"),
                    report.reason());
              });
    }

    private String told(Tally of) {
      return of.winner()
          .map(
              text ->
                  String.format(
                      Locale.ROOT,
                      "'%s' at %.2f",
                      Sanitizer.text(text, LONGEST_QUOTE),
                      of.confidence()))
          .orElse("no winner");
    }

    private CompletableFuture<Void> judge() {
      Judges bench = judges;
      List<Tally.Option> two =
          tally.options().stream().filter(option -> !option.agents().isEmpty()).limit(2).toList();
      if (bench == null || two.size() < 2) {
        return CompletableFuture.completedFuture(null);
      }
      compared = two;
      List<Panelist> judgedOnes =
          panelists.stream()
              .filter(
                  p -> two.get(0).agents().contains(p.id()) || two.get(1).agents().contains(p.id()))
              .toList();
      return bench
          .compare(task, text(two.get(0)), text(two.get(1)), judgedOnes, purse)
          .thenAccept(
              said -> {
                judged = Optional.of(said);
                say(
                    Stage.VERDICT_GENERATION,
                    "judges compare '%s' (first) and '%s' (second): %s",
                    Sanitizer.text(two.get(0).answer(), LONGEST_QUOTE),
                    Sanitizer.text(two.get(1).answer(), LONGEST_QUOTE),
                    Judges.summary(said));
                if (said.choice() != Choice.NONE) {
                  weigh(two.get(said.choice() == Choice.FIRST ? 0 : 1), said);
                }
              });
    }

    /* What is compared is the work: the output, and the files it changes. */
    private String text(Tally.Option option) {
      return tally.votes().shown(option.agents().get(0));
    }

    private void weigh(Tally.Option better, Judged said) {
      double p = Math.min(1 - 1e-6, Math.max(1e-6, said.tally().confidence()));
      double weight = Math.max(-MOST_JUDGED, Math.min(MOST_JUDGED, Math.log(p / (1 - p))));
      Evidence evidence =
          new Evidence("judges", said.votes().size() + " judges compared two answers", weight);
      List<Reply> weighed = new ArrayList<>();
      for (Reply reply : tally.votes().replies()) {
        if (better.agents().contains(reply.agent())) {
          List<Evidence> all = new ArrayList<>(reply.evidence());
          all.add(evidence);
          reply = reply.with(all);
        }
        weighed.add(reply);
      }
      tally = ballot.decide(task.type(), weighed, Consensus.WEIGHTED_MAJORITY);
    }

    private CompletableFuture<Void> leader() {
      trustsLeader = true;
      trustLeader();
      return CompletableFuture.completedFuture(null);
    }

    private void trustLeader() {
      List<String> answered =
          tally.options().stream().flatMap(option -> option.agents().stream()).toList();
      if (!answered.isEmpty()) {
        String best = ballot.bestFirst(answered).get(0);
        Ballot.Past record = ballot.past(best);
        boolean holds = record.asked() > 0 && record.share() > tally.confidence();
        tally = holds ? tally.trusting(best, record.share()) : tally;
        say(
            Stage.VERDICT_GENERATION,
            "%s has the best record (%.0f of %.0f right): %s",
            best,
            record.right(),
            record.asked(),
            holds ? "its answer holds" : "no reason to change the decision");
      }
    }

    private CompletableFuture<Void> person() {
      askPerson = true;
      tally = tally.proposed();
      return CompletableFuture.completedFuture(null);
    }

    /* A stage threw: the equivalence of the host, or an error of ours. What was paid stays counted. */
    @Nullable Void broken(Throwable error) {
      Throwable cause = error.getCause() == null ? error : error.getCause();
      say(
          Stage.FAILED,
          "the arbitration broke: %s",
          Sanitizer.text(String.valueOf(cause), LONGEST_QUOTE));
      tally =
          Tally.weigh(Votes.of(task.type(), new Reply[0], new int[0], List.of()), new double[0], 0);
      return null;
    }

    Ruling ruling() {
      Optional<Reply> answer = tally.winning();
      boolean sure = isSure();
      tally.steps().forEach(text -> log.add(new Step(Stage.VERDICT_GENERATION, text)));
      if (!purse.refusal().isEmpty()) {
        say(Stage.EVIDENCE_COLLECTION, "a limit was reached: %s", purse.refusal());
      }
      Outcome outcome =
          answer.isEmpty() ? Outcome.REJECTED : sure ? Outcome.APPROVED : Outcome.CONDITIONAL;
      say(
          answer.isEmpty() ? Stage.FAILED : Stage.COMPLETED,
          "%s: confidence %.2f, least %.2f",
          outcome.code(),
          tally.confidence(),
          minConfidence);
      Content content =
          new Content(
              task,
              kind,
              outcome,
              votes,
              tally,
              answer.isEmpty() ? 0 : tally.confidence(),
              answer,
              List.copyOf(log),
              debated,
              judged,
              compared,
              askPerson && outcome == Outcome.CONDITIONAL
                  ? Optional.of(question(answer.get()))
                  : Optional.empty(),
              spent(),
              appealed);
      return sealed(content);
    }

    private Ruling.Spent spent() {
      return new Ruling.Spent(
          spentBefore.calls() + purse.calls(),
          spentBefore.usage().plus(purse.paid()),
          spentBefore.time().plus(purse.elapsed()));
    }

    private Question question(Reply answer) {
      StringBuilder shown = new StringBuilder("proposed: ");
      shown.append(Sanitizer.text(answer.text(), LONGEST_SHOWN)).append('\n');
      for (String reason : tally.steps()) {
        shown.append(reason).append('\n');
      }
      return new Question(
          String.format(
              Locale.ROOT,
              "%d agents do not agree (%s); is the proposed answer right? Approve it, deny it, or"
                  + " answer otherwise.",
              tally.votes().size(),
              kind.code()),
          shown.toString(),
          audiences,
          Question.DEFAULT_TIME);
    }
  }

  private Ruling sealed(Content content) {
    try {
      return new Ruling(content, sealer.seal(RulingDocument.of(content)));
    } catch (RuntimeException e) { // a signer is foreign code
      List<Step> why = new ArrayList<>(content.steps());
      why.add(
          new Step(
              Stage.FAILED,
              "rejected, because it could not be sealed: "
                  + Sanitizer.text(String.valueOf(e.getMessage()), LONGEST_QUOTE)));
      return new Ruling(content.rejected(why), Seal.none());
    }
  }

  /** Builds an {@link Arbitration}; not thread-safe. */
  public static final class Builder {
    private final Panel panel;
    private final Ballot ballot;
    private Verifier verifier = Verifier.none();
    private double price;
    private @Nullable Judges judges;
    private @Nullable Debate debate;
    private List<Deadlock> steps =
        List.of(Deadlock.MORE_EVIDENCE, Deadlock.DEBATE, Deadlock.JUDGE, Deadlock.LEADER);
    private double minConfidence = .7;
    private Limits limits = Limits.standard();
    private Sealer sealer = Sealer.digest();
    private ConflictKind kind = ConflictKind.CODE_QUALITY;
    private List<String> audiences = List.of();

    private Builder(Panel panel, Ballot ballot) {
      this.panel = panel;
      this.ballot = ballot;
    }

    /**
     * Sets the check that an answer must pass before it has a vote; default none.
     *
     * @param check the check
     */
    public Builder verifier(Verifier check) {
      verifier = check;
      return this;
    }

    /**
     * Asks one agent after the other, the best first, while another answer is worth its price; see
     * {@link Sequential}. One arbitration of twenty asks all. Default: all at once. The rule of the
     * ballot must be {@link Consensus#WEIGHTED_MAJORITY}, see {@link #build}.
     *
     * @param ofRightAnswer share of the value of a right answer that a call costs, above 0, to 1
     */
    public Builder sequential(double ofRightAnswer) {
      Require.that(
          ofRightAnswer > 0 && ofRightAnswer <= 1,
          "arbitration.sequential must be in (0, 1], got %s",
          ofRightAnswer);
      price = ofRightAnswer;
      return this;
    }

    /**
     * Sets the judges; default none.
     *
     * @param bench the judges
     */
    public Builder judges(Judges bench) {
      judges = bench;
      return this;
    }

    /**
     * Sets the debate; default none.
     *
     * @param form the debate
     */
    public Builder debate(Debate form) {
      debate = form;
      return this;
    }

    /**
     * Sets what is tried while no answer has the least confidence. Default: more evidence, a
     * debate, judges, the leader.
     *
     * @param inOrder each at most once, {@link Deadlock#PERSON} last
     */
    public Builder onDeadlock(Deadlock... inOrder) {
      List<Deadlock> wanted = List.of(inOrder);
      Require.that(
          wanted.size() == (wanted.isEmpty() ? 0 : EnumSet.copyOf(wanted).size()),
          "arbitration.onDeadlock must name each step once, got %s",
          wanted);
      int person = wanted.indexOf(Deadlock.PERSON);
      Require.that(
          person < 0 || person == wanted.size() - 1,
          "arbitration.onDeadlock must name PERSON last, got %s",
          wanted);
      steps = wanted;
      return this;
    }

    /**
     * Sets the confidence below which a ruling is conditional, default .7.
     *
     * @param probability from 0 to 1
     */
    public Builder minConfidence(double probability) {
      Require.that(
          probability >= 0 && probability <= 1,
          "arbitration.minConfidence must be in [0, 1], got %s",
          probability);
      minConfidence = probability;
      return this;
    }

    /**
     * Sets what one arbitration may use up; default {@link Limits#standard}.
     *
     * @param most the limits
     */
    public Builder limits(Limits most) {
      limits = most;
      return this;
    }

    /**
     * Sets how a ruling is proved; default {@link Sealer#digest}.
     *
     * @param proof the sealer
     */
    public Builder sealer(Sealer proof) {
      sealer = proof;
      return this;
    }

    /**
     * Sets what the disagreements are about; default {@link ConflictKind#CODE_QUALITY}.
     *
     * @param about the kind
     */
    public Builder kind(ConflictKind about) {
      kind = about;
      return this;
    }

    /**
     * Sets which people are asked; default: whoever the host lets decide.
     *
     * @param inOrder names or roles of the host
     */
    public Builder people(String... inOrder) {
      audiences = List.of(inOrder);
      return this;
    }

    /**
     * {@return the arbitration}
     *
     * @throws IllegalArgumentException if it is sequential, and its ballot counts heads
     */
    public Arbitration build() {
      if (price > 0) {
        ballot.requireWeights("arbitration.sequential");
      }
      return new Arbitration(this);
    }
  }
}
