package io.wherry;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toUnmodifiableSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The package edges of core, and what its exported packages may show. */
class ArchitectureTest {
  private static final Path CLASSES = mainClasses();

  /** Earlier layers never see later ones; the façade is exactly {@code io.wherry}. */
  private static final List<String> LAYERS =
      List.of(
          "io.wherry.spec", "io.wherry.event", "io.wherry.spi", "io.wherry.internal", "io.wherry");

  private final JavaClasses core = new ClassFileImporter().importPath(CLASSES);

  @Test
  void every_class_lies_in_a_known_layer() {
    classes()
        .should(
            ArchCondition.from(
                describe("lie in one of " + LAYERS, c -> layer(c.getPackageName()) >= 0)))
        .check(core);
  }

  @Test
  void a_layer_never_depends_on_a_later_one() {
    for (int i = 0; i < LAYERS.size(); i++) {
      int earlier = i;
      noClasses()
          .that(describe("lie in " + LAYERS.get(i), c -> layer(c.getPackageName()) == earlier))
          .should()
          .dependOnClassesThat(
              describe("lie in a later layer", c -> layer(c.getPackageName()) > earlier))
          .allowEmptyShould(true)
          .check(core);
    }
  }

  @Test
  void packages_have_no_cycles() {
    slices()
        .assignedFrom(eachPackage())
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(core);
  }

  @Test
  void exported_signatures_mention_only_the_jdk_and_exported_types() throws IOException {
    Set<String> exported = exports(CLASSES.resolve("module-info.class"));
    classes()
        .that(
            describe(
                "are visible to users", c -> exported.contains(c.getPackageName()) && isVisible(c)))
        .should(mentionOnly(describe("of the JDK or exported", c -> isShareable(c, exported))))
        .allowEmptyShould(true)
        .check(core);
  }

  @Test
  void providers_are_loaded_with_an_explicit_class_loader() {
    noClasses()
        .should()
        .callMethod(ServiceLoader.class, "load", Class.class)
        .because("the caller's class loader, not the thread's, decides what is found")
        .allowEmptyShould(true)
        .check(core);
  }

  @Test
  void static_fields_are_constants() {
    fields()
        .that()
        .areStatic()
        .and()
        .doNotHaveModifier(JavaModifier.SYNTHETIC)
        .should()
        .beFinal()
        .because("state belongs to a workspace")
        .allowEmptyShould(true)
        .check(core);
  }

  @Test
  void internal_packages_are_not_exported() throws IOException {
    assertThat(exports(CLASSES.resolve("module-info.class")))
        .noneMatch(name -> name.startsWith("io.wherry.internal"));
  }

  private static Path mainClasses() {
    URI testClasses =
        URI.create(
            ArchitectureTest.class.getProtectionDomain().getCodeSource().getLocation().toString());
    return Path.of(testClasses).resolveSibling("classes");
  }

  private static int layer(String packageName) {
    for (int i = 0; i < LAYERS.size() - 1; i++) {
      String layer = LAYERS.get(i);
      if (packageName.equals(layer) || packageName.startsWith(layer + ".")) {
        return i;
      }
    }
    return packageName.equals("io.wherry") ? LAYERS.size() - 1 : -1;
  }

  private static SliceAssignment eachPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass c) {
        return layer(c.getPackageName()) < 0
            ? SliceIdentifier.ignore()
            : SliceIdentifier.of(c.getPackageName());
      }

      @Override
      public String getDescription() {
        return "packages of core";
      }
    };
  }

  private static Set<String> exports(Path moduleInfo) throws IOException {
    try (InputStream in = Files.newInputStream(moduleInfo)) {
      return ModuleDescriptor.read(in).exports().stream()
          .filter(export -> !export.isQualified())
          .map(ModuleDescriptor.Exports::source)
          .collect(toUnmodifiableSet());
    }
  }

  private static boolean isVisible(JavaClass c) {
    return isVisible(c.getModifiers())
        && c.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static boolean isShareable(JavaClass c, Set<String> exported) {
    JavaClass type = c.getBaseComponentType();
    String name = type.getPackageName();
    return type.isPrimitive()
        || name.startsWith("java.")
        || name.equals("io.wherry.runtime")
        || (exported.contains(name) && isVisible(type));
  }

  private static ArchCondition<JavaClass> mentionOnly(DescribedPredicate<JavaClass> allowed) {
    return new ArchCondition<>(
        "mention in their signatures only types " + allowed.getDescription()) {
      @Override
      public void check(JavaClass c, ConditionEvents events) {
        Stream<JavaType> parents =
            Stream.concat(c.getSuperclass().stream(), c.getInterfaces().stream());
        report(c, c.getDescription(), parents, events);
        report(c, c.getDescription(), c.getTypeParameters().stream(), events);
        c.getMembers().stream()
            .filter(member -> isVisible(member.getModifiers()))
            .forEach(member -> report(c, member.getDescription(), mentioned(member), events));
      }

      private void report(
          JavaClass c, String where, Stream<? extends JavaType> types, ConditionEvents events) {
        types
            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
            .filter(allowed.negate())
            .map(type -> where + " mentions " + type.getName())
            .distinct()
            .forEach(text -> events.add(SimpleConditionEvent.violated(c, text)));
      }
    };
  }

  private static Stream<JavaType> mentioned(JavaMember member) {
    if (member instanceof JavaField field) {
      return Stream.of(field.getType());
    }
    JavaCodeUnit unit = (JavaCodeUnit) member;
    return Stream.of(
            Stream.of(unit.getReturnType()),
            unit.getParameterTypes().stream(),
            unit.getTypeParameters().stream(),
            unit.getExceptionTypes().stream())
        .flatMap(types -> types);
  }
}
