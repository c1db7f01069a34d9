/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.LearnedState;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Routers with pinned seeds, alone, restarted and in groups. */
final class Routers {
  private Routers() {}

  static BanditRouter router(BanditPolicy policy, long seed) {
    return builder(policy, seed).build();
  }

  private static BanditRouter.Builder builder(BanditPolicy policy, long seed) {
    Sources sources = new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(seed));
    return BanditRouter.builder().policy(policy).sources(sources);
  }

  /** A router that gives way to a new one after some decisions, outstanding outcomes being lost. */
  static Router restarted(BanditPolicy policy, long seed, int after, boolean keepsState) {
    return new Restarted(router(policy, seed), after, keepsState, builder(policy, seed + 1_000));
  }

  private static final class Restarted implements Router {
    private final int after;
    private final boolean keepsState;
    private final BanditRouter.Builder next;
    private BanditRouter current;
    private int decisions;

    Restarted(BanditRouter first, int after, boolean keepsState, BanditRouter.Builder next) {
      this.current = first;
      this.after = after;
      this.keepsState = keepsState;
      this.next = next;
    }

    @Override
    public RoutingDecision route(RoutingRequest request) {
      if (decisions++ == after) {
        current = keepsState ? next.state(stored(current.state())).build() : next.build();
      }
      return current.route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      current.learn(outcome);
    }
  }

  private static LearnedState stored(LearnedState state) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      state.writeTo(out);
      return LearnedState.read(new ByteArrayInputStream(out.toByteArray()));
    } catch (IOException e) {
      throw new UncheckedIOException("bytes in memory could not be read back", e);
    }
  }

  /**
   * Routers that take turns.
   *
   * @param every after how many decisions in all they merge each other's deltas; 0 for never
   */
  static Router nodes(BanditPolicy policy, long seed, int count, int every) {
    return new Nodes(
        IntStream.range(0, count)
            .mapToObj(i -> builder(policy, 100 * seed + i).replica("n" + i).build())
            .toList(),
        every);
  }

  private static final class Nodes implements Router {
    private final List<BanditRouter> nodes;
    private final int every;
    private int decisions;

    Nodes(List<BanditRouter> nodes, int every) {
      this.nodes = nodes;
      this.every = every;
    }

    @Override
    public RoutingDecision route(RoutingRequest request) {
      if (every > 0 && decisions > 0 && decisions % every == 0) {
        List<LearnedState.Delta> deltas = nodes.stream().map(BanditRouter::delta).toList();
        nodes.forEach(node -> deltas.forEach(node::merge));
      }
      return nodes.get(decisions++ % nodes.size()).route(request);
    }

    /* Whoever did not make the decision ignores what came of it. */
    @Override
    public void learn(Outcome outcome) {
      nodes.forEach(node -> node.learn(outcome));
    }
  }
}
