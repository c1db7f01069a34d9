/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.util.LinkedHashSet;
import java.util.Set;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.StateMachineEventResult;
import org.springframework.statemachine.config.StateMachineBuilder;
import reactor.core.publisher.Mono;

/** A ring of twelve states in Spring Statemachine, as many as a task of Arbiter can pass. */
final class StateMachinePeer {
  private static final int STATES = 12;
  private static final String NEXT = "next";

  private final StateMachine<String, String> machine;

  StateMachinePeer() throws Exception {
    StateMachineBuilder.Builder<String, String> builder = StateMachineBuilder.builder();
    Set<String> states = new LinkedHashSet<>();
    for (int i = 0; i < STATES; i++) {
      states.add("state-" + i);
    }
    builder.configureStates().withStates().initial("state-0").states(states);
    for (int i = 0; i < STATES; i++) {
      builder
          .configureTransitions()
          .withExternal()
          .source("state-" + i)
          .target("state-" + (i + 1) % STATES)
          .event(NEXT);
    }
    machine = builder.build();
    machine.startReactively().block();
  }

  /** Makes one transition. */
  StateMachineEventResult.ResultType next() {
    var result = machine.sendEvent(Mono.just(MessageBuilder.withPayload(NEXT).build())).blockLast();
    if (result == null) {
      throw new IllegalStateException("the machine did not take the event");
    }
    return result.getResultType();
  }

  void close() {
    machine.stopReactively().block();
  }
}
