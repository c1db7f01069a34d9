/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.architecture.Unloading;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClassLoaderTest {

  @Test
  void no_thread_of_the_host_holds_the_library_after_its_end() {
    assertThat(Unloading.isCollectedAfter(Host.class)).isTrue();
  }

  /** Runs tasks on the thread that submits them. */
  public static final class Host implements Runnable {
    @Override
    public void run() {
      try (Arbiter arbiter =
          Arbiter.builder()
              .constitution(new StubConstitution())
              .executor(Runnable::run)
              .agent(AgentProfile.of("ada", "java"), assignment -> WorkReport.of("good"))
              .build()) {
        arbiter.submit(Task.of("fix", "SPEC")).await(Duration.ofSeconds(10));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
