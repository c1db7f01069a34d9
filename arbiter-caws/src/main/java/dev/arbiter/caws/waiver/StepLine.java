/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.waiver.WaiverEntry.Approval;
import dev.arbiter.caws.waiver.WaiverEntry.Proposal;
import dev.arbiter.caws.waiver.WaiverLedger.Action;
import dev.arbiter.caws.waiver.WaiverLedger.Step;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One step of a ledger as a line of canonical JSON; the first of a waiver has its proposal. */
record StepLine(Step step, @Nullable Proposal proposal) {

  /** Writes a step; {@code before} is the digest of the line before, empty for the first. */
  static String write(Step step, @Nullable Proposal proposal, String before) {
    JsonBytes to = new JsonBytes();
    to.raw("{\"action\":").string(step.action().name().toLowerCase(Locale.ROOT));
    to.raw(",\"at\":").string(step.at().toString());
    to.raw(",\"by\":").string(step.by());
    to.raw(",\"detail\":").string(step.detail());
    to.raw(",\"number\":").number(step.number());
    to.raw(",\"prev\":").string(before);
    if (proposal != null && step.action() == Action.PROPOSE) {
      write(proposal, to);
    }
    return to.raw(",\"waiver\":").string(step.waiver()).raw('}').text();
  }

  private static void write(Proposal proposal, JsonBytes to) {
    to.raw(",\"proposal\":{\"by\":").string(proposal.by());
    to.raw(",\"expires\":").string(proposal.expires().toString());
    to.raw(",\"files\":").number(proposal.files());
    to.raw(",\"gates\":[");
    for (int i = 0; i < proposal.gates().size(); i++) {
      to.raw(i == 0 ? "" : ",").string(proposal.gates().get(i));
    }
    to.raw("],\"id\":").string(proposal.id());
    to.raw(",\"lines\":").number(proposal.lines());
    to.raw(",\"maxUses\":").number(proposal.maxUses());
    to.raw(",\"reason\":").string(proposal.reason());
    to.raw(",\"specId\":").string(proposal.specId()).raw('}');
  }

  /** Null when the line was not written like this, at that place, after that line. */
  static @Nullable StepLine read(String line, long number, String before) {
    try {
      if (!(Document.json(line) instanceof Node.Fields fields)) {
        return null;
      }
      Proposal proposal =
          fields.field("proposal") instanceof Node.Fields asked ? proposal(asked) : null;
      Step step =
          new Step(
              number,
              Instant.parse(fields.text("at")),
              fields.text("waiver"),
              Action.valueOf(fields.text("action").toUpperCase(Locale.ROOT)),
              fields.text("by"),
              fields.text("detail"));
      return write(step, proposal, before).equals(line) ? new StepLine(step, proposal) : null;
    } catch (Unreadable | DateTimeException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Proposal proposal(Node.Fields asked) {
    List<String> gates =
        asked.field("gates").items().stream()
            .map(gate -> gate instanceof Node.Text text ? text.value() : "")
            .toList();
    return new Proposal(
        asked.text("id"),
        asked.text("specId"),
        gates,
        number(asked, "files"),
        number(asked, "lines"),
        asked.text("reason"),
        asked.text("by"),
        Instant.parse(asked.text("expires")),
        number(asked, "maxUses"));
  }

  private static long number(Node.Fields fields, String name) {
    return fields.field(name) instanceof Node.Whole whole ? whole.value() : 0;
  }

  /** Repeats the step; false when it cannot follow the steps before. */
  boolean replay(WaiverLedger ledger) {
    WaiverEntry before = ledger.find(step.waiver()).orElse(null);
    WaiverEntry after = step.action() == Action.PROPOSE ? proposed(before) : next(before);
    if (after != null) {
      ledger.replay(after, step.action());
    }
    return after != null;
  }

  private @Nullable WaiverEntry proposed(@Nullable WaiverEntry before) {
    boolean fits = before == null && proposal != null && proposal.id().equals(step.waiver());
    return fits && proposal != null ? WaiverEntry.of(proposal, step.at()) : null;
  }

  private @Nullable WaiverEntry next(@Nullable WaiverEntry before) {
    if (before == null || proposal != null) {
      return null;
    }
    return switch (step.action()) {
      case PROPOSE -> null;
      case APPROVE -> before.with(new Approval(step.by(), step.at()));
      case ACTIVATE -> before.activated(step.at());
      case EXTEND -> before.wanting(Instant.parse(step.detail()), step.by());
      case USE -> before.used();
      case REVOKE -> before.ended(WaiverEntry.Status.REVOKED);
      case EXPIRE -> before.ended(WaiverEntry.Status.EXPIRED);
    };
  }
}
