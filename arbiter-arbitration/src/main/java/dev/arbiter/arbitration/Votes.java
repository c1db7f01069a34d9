/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.arbitration.Reply.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Who gave which answer. The agents are sorted, each is there once. */
final class Votes {
  private final String type;
  private final Reply[] replies;
  private final int[] groups;
  private final Reply[] firsts;
  private final boolean[] given;

  private Votes(String type, Reply[] replies, int[] groups, Reply[] firsts, boolean[] given) {
    this.type = type;
    this.replies = replies;
    this.groups = groups;
    this.firsts = firsts;
    this.given = given;
  }

  /**
   * Joins several replies of an agent: equal answers are one, different ones an abstention.
   *
   * @param sorted by agent
   * @param groups of each reply, -1 for an abstention
   * @param options answers that are there in any case, numbered first
   */
  static Votes of(String type, Reply[] sorted, int[] groups, List<Reply> options) {
    int size = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (size > 0 && sorted[size - 1].agent().equals(sorted[i].agent())) {
        groups[size - 1] = groups[size - 1] == groups[i] ? groups[i] : -1;
      } else {
        sorted[size] = sorted[i];
        groups[size++] = groups[i];
      }
    }
    int count = options.size();
    for (int i = 0; i < size; i++) {
      count = Math.max(count, groups[i] + 1);
    }
    Reply[] firsts = Arrays.copyOf(options.toArray(new Reply[0]), count);
    boolean[] given = new boolean[count];
    for (int i = 0; i < size; i++) {
      if (groups[i] >= 0) {
        given[groups[i]] = true;
        firsts[groups[i]] = firsts[groups[i]] == null ? sorted[i] : firsts[groups[i]];
      }
    }
    Arrays.fill(given, 0, options.size(), true);
    return new Votes(type, Arrays.copyOf(sorted, size), Arrays.copyOf(groups, size), firsts, given);
  }

  String type() {
    return type;
  }

  int size() {
    return replies.length;
  }

  /** The number of different answers. */
  int count() {
    return firsts.length;
  }

  String agent(int i) {
    return replies[i].agent();
  }

  Reply reply(int i) {
    return replies[i];
  }

  int group(int i) {
    return groups[i];
  }

  int[] groups() {
    return groups.clone();
  }

  /** Whether an answer can win: false only for one that was given by an agent and taken back. */
  boolean isGiven(int group) {
    return given[group];
  }

  Reply first(int group) {
    return firsts[group];
  }

  String text(int group) {
    return firsts[group] == null ? "" : firsts[group].text();
  }

  /** The work of an agent as a reader sees it: the output, and the files it changes. */
  String shown(String agent) {
    for (Reply reply : replies) {
      if (reply.agent().equals(agent)) {
        StringBuilder text = new StringBuilder(reply.text());
        for (FileChange change : reply.work().changes()) {
          text.append('\n').append(change.path());
          text.append(" +").append(change.added()).append(" -").append(change.removed());
        }
        return text.toString();
      }
    }
    return "";
  }

  List<Reply> replies() {
    return List.of(replies);
  }

  /** The places of the agents that were called. */
  int[] asked() {
    return IntStream.range(0, replies.length).filter(i -> replies[i].wasAsked()).toArray();
  }

  List<String> agents() {
    return Arrays.stream(replies).map(Reply::agent).toList();
  }

  List<String> agents(int group) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < replies.length; i++) {
      if (groups[i] == group) {
        names.add(replies[i].agent());
      }
    }
    return names;
  }

  int answered() {
    int count = 0;
    for (int group : groups) {
      count += group >= 0 ? 1 : 0;
    }
    return count;
  }

  /** The bounded sum of the evidence for each answer; of one source the heaviest counts. */
  double[] evidence() {
    double[] sums = new double[firsts.length];
    for (int group = 0; group < sums.length; group++) {
      Map<String, Double> bySource = new HashMap<>();
      for (int i = 0; i < replies.length; i++) {
        if (groups[i] == group) {
          for (Evidence each : replies[i].evidence()) {
            bySource.merge(
                each.source(), each.weight(), (a, b) -> Math.abs(a) >= Math.abs(b) ? a : b);
          }
        }
      }
      double sum = bySource.values().stream().mapToDouble(Double::doubleValue).sorted().sum();
      sums[group] = Math.min(Evidence.LIMIT, Math.max(-Evidence.LIMIT, sum));
    }
    return sums;
  }

  /**
   * What all evidence says of an answer: -1 if any speaks against it or for another one, else 1 if
   * any speaks for it or against another one, else 0.
   */
  int favour(int answer) {
    int favour = 0;
    double[] sums = hasEvidence() ? evidence() : new double[0];
    for (int group = 0; group < sums.length; group++) {
      double sum = group == answer ? sums[group] : -sums[group];
      if (sum < 0) {
        return -1;
      }
      favour = sum > 0 ? 1 : favour;
    }
    return favour;
  }

  boolean hasEvidence() {
    for (Reply reply : replies) {
      if (!reply.evidence().isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
