/* SPDX-License-Identifier: Apache-2.0 */

/**
 * What the two larger examples share: a page of findings in one file, and their common options.
 *
 * <p>Start at {@link dev.arbiter.example.report.ReportPage}. A {@link
 * dev.arbiter.example.report.Figure} is one chart with the finding it shows.
 */
@NullMarked
package dev.arbiter.example.report;

import org.jspecify.annotations.NullMarked;
