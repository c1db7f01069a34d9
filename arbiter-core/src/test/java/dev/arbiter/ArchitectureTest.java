/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows inside core; those between modules are held by their module-info. */
@AnalyzeClasses(packages = "dev.arbiter", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packages_form_no_circle =
      slices().matching("dev.arbiter.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule values_know_nobody =
      noClasses()
          .that()
          .resideInAPackage("dev.arbiter.task")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.arbiter", "dev.arbiter.agent", "dev.arbiter.event", "dev.arbiter.spi");

  @ArchTest
  static final ArchRule nobody_below_knows_the_engine =
      noClasses()
          .that()
          .resideInAnyPackage("dev.arbiter.agent", "dev.arbiter.event", "dev.arbiter.spi")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.arbiter");

  @ArchTest
  static final ArchRule nothing_is_named_for_a_role_instead_of_a_thing =
      noClasses().should().haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Data|Info)");
}
