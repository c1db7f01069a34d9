/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import dev.arbiter.caws.internal.text.Document;
import dev.arbiter.caws.internal.text.JsonBytes;
import dev.arbiter.caws.internal.text.Node;
import dev.arbiter.caws.internal.text.StrictBase64;
import dev.arbiter.caws.internal.text.Unreadable;
import dev.arbiter.caws.provenance.Signer;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.waiver.WaiverEntry.Proposal;
import dev.arbiter.caws.waiver.WaiverLedger.Action;
import dev.arbiter.caws.waiver.WaiverLedger.Limits;
import dev.arbiter.caws.waiver.WaiverLedger.Step;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One step of a ledger as a line of canonical JSON. The first of a waiver has its proposal; a step
 * that limits decided has them, so that it can be decided again.
 *
 * @param signature Base64 of an Ed25519 signature over the line without it; empty without a key
 */
record StepLine(Step step, @Nullable Proposal proposal, @Nullable Limits limits, String signature) {
  private static final String PURPOSE = "arbiter step of a waiver v1\n";

  StepLine(Step step, @Nullable Proposal proposal, @Nullable Limits limits) {
    this(step, proposal, limits, "");
  }

  /** The line of a step that was just taken. */
  static StepLine of(Step step, Proposal proposal, Limits limits) {
    Action action = step.action();
    return new StepLine(
        step, action == Action.PROPOSE ? proposal : null, isLimited(action) ? limits : null);
  }

  private static boolean isLimited(Action action) {
    return action == Action.PROPOSE || action == Action.ACTIVATE || action == Action.EXTEND;
  }

  StepLine signed(Signer key, String before) {
    byte[] signature = key.signChecked(message(before));
    return new StepLine(step, proposal, limits, Base64.getEncoder().encodeToString(signature));
  }

  boolean isSignedBy(PublicKey key, String before) {
    byte[] bytes = StrictBase64.decode(signature);
    return bytes != null && SigningKey.verify(key, message(before), bytes);
  }

  private byte[] message(String before) {
    String unsigned = new StepLine(step, proposal, limits).write(before);
    return (PURPOSE + unsigned).getBytes(StandardCharsets.UTF_8);
  }

  /** Writes the line; {@code before} is the digest of the line before, empty for the first. */
  String write(String before) {
    JsonBytes to = new JsonBytes();
    to.raw("{\"action\":").string(step.action().name().toLowerCase(Locale.ROOT));
    to.raw(",\"at\":").string(step.at().toString());
    to.raw(",\"by\":").string(step.by());
    to.raw(",\"detail\":").string(step.detail());
    if (limits != null) {
      to.raw(",\"limits\":{\"approvers\":").number(limits.approvers());
      to.raw(",\"longest\":").string(limits.longest().toString());
      to.raw(",\"perGate\":").number(limits.perGate()).raw('}');
    }
    to.raw(",\"number\":").number(step.number());
    to.raw(",\"prev\":").string(before);
    if (proposal != null) {
      write(proposal, to);
    }
    if (!signature.isEmpty()) {
      to.raw(",\"signature\":").string(signature);
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

  /** Null when the line was not written like this, after that line. */
  static @Nullable StepLine read(String line, String before) {
    try {
      if (!(Document.json(line) instanceof Node.Fields fields)) {
        return null;
      }
      Step step =
          new Step(
              number(fields, "number"),
              Instant.parse(fields.text("at")),
              fields.text("waiver"),
              Action.valueOf(fields.text("action").toUpperCase(Locale.ROOT)),
              fields.text("by"),
              fields.text("detail"));
      StepLine read =
          new StepLine(
              step,
              fields.field("proposal") instanceof Node.Fields asked ? proposal(asked) : null,
              fields.field("limits") instanceof Node.Fields then ? limits(then) : null,
              fields.text("signature"));
      boolean whole = (read.limits != null) == isLimited(step.action());
      return whole && read.write(before).equals(line) ? read : null;
    } catch (Unreadable | DateTimeException | IllegalArgumentException e) {
      return null;
    }
  }

  private static Limits limits(Node.Fields then) {
    return new Limits(
        Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(0, number(then, "approvers")))),
        Math.toIntExact(Math.min(Integer.MAX_VALUE, Math.max(0, number(then, "perGate")))),
        Duration.parse(then.text("longest")));
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
}
