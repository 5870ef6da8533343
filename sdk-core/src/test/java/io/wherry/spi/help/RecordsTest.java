package io.wherry.spi.help;

import static org.assertj.core.api.Assertions.assertThat;

import io.wherry.spec.Cause;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordsTest {

  @Test
  void an_exit_record_is_read_only_when_it_is_whole() {
    ExitRecord record = new ExitRecord(143, Cause.STOPPED, 2, "NEVER");
    assertThat(record.text()).hasSizeLessThanOrEqualTo(ExitRecord.blank().length());
    assertThat(ExitRecord.parse(record.text())).contains(record);
    assertThat(ExitRecord.parse(ExitRecord.blank())).isEmpty();
    assertThat(ExitRecord.parse("")).isEmpty();
    assertThat(ExitRecord.parse("1 EXITED 0")).isEmpty();
    assertThat(ExitRecord.parse("x EXITED 0 END")).isEmpty();
    assertThat(ExitRecord.parse("1 NONSENSE 0 END")).isEmpty();
  }

  @Test
  void a_process_record_names_wrapper_and_programs() {
    assertThat(PidRecord.parse("10 11 20 21 30 31   END\n"))
        .contains(
            new PidRecord(
                new PidRecord.Id(10, 11),
                List.of(new PidRecord.Id(20, 21), new PidRecord.Id(30, 31))));
    assertThat(PidRecord.parse(PidRecord.blank(3))).isEmpty();
    assertThat(PidRecord.parse("10 11 20 END")).isEmpty();
    assertThat(PidRecord.parse("10 11 20 21")).isEmpty();
  }

  @Test
  void words_are_quoted_where_a_shell_would_read_more_into_them() {
    assertThat(Shell.quote(List.of("a", "b c", "", "it's", "$x", "~", "ü")))
        .isEqualTo("a 'b c' '' 'it'\\''s' '$x' '~' 'ü'");
  }

  @Test
  void seconds_are_rounded_up() {
    assertThat(JobFile.seconds(Duration.ofSeconds(90))).isEqualTo("90");
    assertThat(JobFile.seconds(Duration.ofNanos(1))).isEqualTo("0.001");
    assertThat(JobFile.seconds(Duration.ofMillis(1050))).isEqualTo("1.050");
  }

  @Test
  void names_become_variables() {
    assertThat(JobEnvironment.variable("learning-rate.2ü")).isEqualTo("LEARNING_RATE_2_");
  }
}
