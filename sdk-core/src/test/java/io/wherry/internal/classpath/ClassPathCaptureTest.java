package io.wherry.internal.classpath;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wherry.internal.snapshot.ContentException;
import io.wherry.internal.snapshot.FolderBlobStore;
import io.wherry.internal.snapshot.Snapshots;
import io.wherry.spec.Content;
import io.wherry.spec.Violation;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.cert.Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassPathCaptureTest {
  private static final String OURS =
      folderOf(ClassPathCapture.class) + File.pathSeparator + folderOf(Captor.class);

  @TempDir Path temp;
  private Path workspace;
  private Snapshots snapshots;
  private ClassPathCapture capture;

  @BeforeEach
  void make_workspace_and_program() throws Exception {
    workspace = Files.createDirectory(temp.resolve("ws"));
    FolderBlobStore store = new FolderBlobStore(workspace.resolve("blobs"));
    snapshots = new Snapshots(workspace, store, Clock.systemUTC());
    capture = new ClassPathCapture(snapshots);
    compile(
        "lib",
        "lib.Greeter",
        "package lib; public class Greeter { public static String greet(String s) { return \"hello \" + s; } }");
    compile(
        "app",
        "app.Hello",
        "package app; public class Hello { static class Inner { String n = \"world\"; }"
            + " public static void main(String[] a) { System.out.println(lib.Greeter.greet(new Inner().n)); } }");
  }

  @AfterEach
  void end_threads() {
    snapshots.close();
  }

  @Test
  void the_class_path_of_this_very_test_works() throws Exception {
    FrozenClassPath frozen = capture.capture(Captor.class);

    assertThat(frozen.mainClass()).isEqualTo(Captor.class.getName());
    assertThat(frozen.entries())
        .anyMatch(c -> c instanceof Content.Tree)
        .anyMatch(c -> c instanceof Content.Blob b && b.fileName().startsWith("junit-jupiter-api"))
        .doesNotHaveDuplicates();
    String path = Captor.path(snapshots, frozen.entries());
    String nested = temp.resolve("nested").toString();
    Files.createDirectory(Path.of(nested));
    java(List.of("-cp", path, frozen.mainClass(), nested, frozen.mainClass()));
    assertThat(Path.of(nested, "command")).content().startsWith(Captor.class.getName());
  }

  @Test
  void folders_and_jars_run_in_their_order_and_what_is_missing_is_skipped() throws Exception {
    Path jar = jar("lib-1.0.jar", null, classes("lib"));
    compile(
        "shadow",
        "lib.Greeter",
        "package lib; public class Greeter { public static String greet(String s) { return \"wrong\"; } }");

    String path = path(temp.resolve("none"), temp.resolve("app"), jar, temp.resolve("shadow"), jar);
    java(List.of("-cp", path, Captor.class.getName(), workspace.toString(), "app.Hello"));
    deleteOriginals();

    assertThat(runCommand()).isEqualTo("hello world\n");
  }

  @Test
  void a_jar_that_holds_nothing_but_a_class_path_is_followed_and_not_carried() throws Exception {
    Path lib = jar("lib.jar", null, classes("lib"));
    Manifest names = manifest(Map.of("Class-Path", "lib.jar none.jar"));
    Path app = jar("app.jar", names, classes("app"));
    List<String> urls = new ArrayList<>(List.of(app.toUri().toString()));
    for (String ours : OURS.split(File.pathSeparator, -1)) {
      urls.add(Path.of(ours).toUri().toString());
    }
    Path booter =
        jar("booter.jar", manifest(Map.of("Class-Path", String.join(" ", urls))), Map.of());
    java(
        List.of(
            "-cp", booter.toString(), Captor.class.getName(), workspace.toString(), "app.Hello"));
    Files.delete(lib);
    deleteOriginals();

    assertThat(runCommand()).isEqualTo("hello world\n");
    assertThat(Files.readString(workspace.resolve("command")).split(File.pathSeparator)).hasSize(4);
    try (Stream<Path> blobs = Files.walk(workspace.resolve("blobs"))) {
      for (Path blob : blobs.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(blob), UTF_8)).doesNotContain(temp.toString());
      }
    }
  }

  @Test
  void a_module_path_and_wildcards_become_a_plain_class_path() throws Exception {
    Path libs = Files.createDirectory(temp.resolve("libs"));
    jar("libs/lib.jar", null, classes("lib"));
    Path modules = Files.createDirectory(temp.resolve("modules"));
    jar("modules/app.jar", manifest(Map.of("Automatic-Module-Name", "app")), classes("app"));
    java(
        List.of(
            "-p",
            modules + File.pathSeparator + libs,
            "--add-modules",
            "ALL-MODULE-PATH",
            "-cp",
            libs + File.separator + "*" + File.pathSeparator + OURS,
            Captor.class.getName(),
            workspace.toString(),
            "app.Hello"));
    deleteOriginals();

    assertThat(runCommand()).isEqualTo("hello world\n");
  }

  @Test
  void a_class_of_a_url_class_loader_brings_its_urls_and_those_of_its_parents() throws Exception {
    Path spaced = Files.move(temp.resolve("app"), temp.resolve("a p p"));
    try (URLClassLoader parent =
            new URLClassLoader(
                new URL[] {jar("lib.jar", null, classes("lib")).toUri().toURL()},
                ClassLoader.getPlatformClassLoader());
        URLClassLoader loader =
            new URLClassLoader(
                new URL[] {spaced.toUri().toURL(), temp.resolve("gone/").toUri().toURL()},
                parent)) {
      FrozenClassPath frozen = capture.capture(loader.loadClass("app.Hello"));

      assertThat(frozen.entries()).hasSize(2);
      assertThat(frozen.entries().get(0)).isInstanceOf(Content.Blob.class);
      assertThat(run(frozen)).isEqualTo("hello world\n");
    }
  }

  @Test
  void a_class_path_that_is_not_on_this_machine_is_refused() throws Exception {
    URL remote = new URL("http://localhost/a.jar");
    URL[] urls = {
      temp.resolve("app/").toUri().toURL(), temp.resolve("lib/").toUri().toURL(), remote
    };
    try (URLClassLoader loader = new URLClassLoader(urls, null)) {
      Class<?> main = loader.loadClass("app.Hello");

      assertThat(violations(() -> capture.capture(main)))
          .singleElement()
          .satisfies(v -> assertThat(v.value()).isEqualTo("http://localhost/a.jar"))
          .satisfies(v -> assertThat(v.rule()).contains("does not lie on this machine"));
    }
  }

  @Test
  void content_is_the_same_wherever_the_program_lies() throws Exception {
    Path first = jar("app.jar", manifest(Map.of("Main-Class", "app.Hello")), classes("app"));
    Path second = Files.copy(first, Files.createDirectory(temp.resolve("else")).resolve("app.jar"));

    assertThat(capture.capture(first)).isEqualTo(capture.capture(second));
  }

  @Test
  void a_jar_brings_its_main_class_and_its_class_path() throws Exception {
    jar("lib.jar", null, classes("lib"));
    Path jar =
        jar(
            "app.jar",
            manifest(Map.of("Main-Class", "app.Hello", "Class-Path", "lib.jar gone.jar")),
            classes("app"));

    FrozenClassPath frozen = capture.capture(jar);

    assertThat(frozen.mainClass()).isEqualTo("app.Hello");
    assertThat(frozen.entries())
        .extracting(c -> ((Content.Blob) c).fileName())
        .containsExactly("app.jar", "lib.jar");
    deleteOriginals();
    assertThat(run(frozen)).isEqualTo("hello world\n");
  }

  @Test
  void jars_that_cannot_be_started_are_refused() throws Exception {
    Path text = Files.writeString(temp.resolve("text.jar"), "no zip");
    Path empty = Files.createFile(temp.resolve("empty.jar"));
    Path noMain = jar("no-main.jar", manifest(Map.of()), classes("app"));
    Path noManifest = jar("no-manifest.jar", null, classes("app"));
    Path wrong = jar("wrong.jar", manifest(Map.of("Main-Class", "app.Bye")), classes("app"));
    Path noStart = jar("no-start.jar", manifest(boot(null)), bootFiles());

    assertRefused(temp.resolve("gone.jar"), "does not exist");
    assertRefused(temp, "is not a file");
    assertRefused(text, "is not a jar");
    assertRefused(empty, "is not a jar");
    assertRefused(noMain, "names no Main-Class");
    assertRefused(noManifest, "names no Main-Class");
    assertRefused(wrong, "its main class app.Bye is not in it");
    assertRefused(noStart, "names no Start-Class");
  }

  @Test
  void a_spring_boot_jar_runs_without_its_loader() throws Exception {
    Path jar = jar("boot.jar", manifest(boot("app.Hello")), bootFiles());

    FrozenClassPath frozen = capture.capture(jar);
    FrozenClassPath again = capture.capture(jar);

    assertThat(frozen.mainClass()).isEqualTo("app.Hello");
    assertThat(frozen.entries()).hasSize(2);
    assertThat(frozen.entries().get(0)).isInstanceOf(Content.Tree.class);
    assertThat(frozen.entries().get(1))
        .isInstanceOfSatisfying(
            Content.Blob.class, b -> assertThat(b.fileName()).isEqualTo("lib-1.0.jar"));
    assertThat(again).isEqualTo(frozen);
    deleteOriginals();
    assertThat(run(frozen)).isEqualTo("hello world\n");
  }

  @Test
  void an_unpacked_spring_boot_jar_is_unpacked_again_when_its_blobs_are_gone() throws Exception {
    Path jar = jar("boot.jar", manifest(boot("app.Hello")), bootFiles());
    FrozenClassPath frozen = capture.capture(jar);
    snapshots.store().delete(snapshots.reachable(frozen.entries()));

    assertThat(capture.capture(jar)).isEqualTo(frozen);
    assertThat(snapshots.store().missing(snapshots.reachable(frozen.entries()))).isEmpty();
  }

  @Test
  void a_spring_boot_jar_whose_entries_lead_out_is_refused() throws Exception {
    Map<String, byte[]> files = bootFiles();
    files.put("BOOT-INF/classes/../../evil", new byte[0]);
    Path jar = jar("boot.jar", manifest(boot("app.Hello")), files);

    assertThat(violations(() -> capture.capture(jar)))
        .singleElement()
        .satisfies(v -> assertThat(v.path()).isEqualTo("jar"))
        .satisfies(v -> assertThat(v.value()).contains(".."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jar:nested:%s/!BOOT-INF/classes/!/ jar:nested:%s/!BOOT-INF/lib/lib-1.0.jar!/",
        "jar:file:%s!/BOOT-INF/classes!/ jar:file:%s!/BOOT-INF/lib/lib-1.0.jar!/"
      })
  void a_class_inside_a_running_spring_boot_jar_is_captured(String urls) throws Exception {
    Path jar = jar("boot.jar", manifest(boot("app.Hello")), bootFiles());
    List<URL> all = new ArrayList<>();
    for (String url : urls.split(" ", -1)) {
      all.add(bootUrl(url.replace("%s", jar.toString())));
    }
    try (BootLoader loader = new BootLoader(all.toArray(new URL[0]), classes("app"))) {
      FrozenClassPath frozen = capture.capture(loader.loadClass("app.Hello"));

      assertThat(frozen.entries()).isEqualTo(capture.capture(jar).entries());
      assertThat(run(frozen)).isEqualTo("hello world\n");
    }
  }

  @Test
  void a_class_of_jshell_in_this_jvm_is_captured_with_what_it_uses() throws Exception {
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      assertThat(runFromJShell(shell)).isEqualTo("6 [a, b] Point[x=1, y=2] MANY true\n");
    }
  }

  @Test
  void a_class_of_jshell_in_its_own_jvm_is_captured_with_what_it_uses() throws Exception {
    try (JShell shell = JShell.create()) {
      assertThat(runFromJShell(shell)).isEqualTo("6 [a, b] Point[x=1, y=2] MANY true\n");
    }
  }

  @Test
  void a_jshell_class_that_needs_a_variable_of_the_session_is_refused() throws Exception {
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      shell.addToClasspath(OURS);
      eval(shell, "int trees = 7;");
      eval(shell, "static final int LEAVES = 3;");
      eval(
          shell,
          "class Job { public static void main(String[] a) { System.out.println(trees); } }");
      eval(shell, "String message = \"nothing\";");
      eval(
          shell,
          "try { io.wherry.internal.classpath.Captor.capture(\""
              + workspace
              + "\", Job.class); } catch (RuntimeException e) { message = e.getMessage(); }");

      assertThat(eval(shell, "message").value())
          .contains("main = trees: Job uses this variable of the session")
          .contains(".param(");
    }
  }

  @Test
  void a_class_of_the_source_launcher_is_captured() throws Exception {
    Path source =
        Files.writeString(
            temp.resolve("Script.java"),
            """
            import io.wherry.internal.classpath.Captor;
            public class Script {
              record Pair(int a, int b) {}
              public static void main(String[] args) {
                if (args.length > 0) Captor.capture(args[0], Script.class);
                else System.out.println(new Pair(1, 2) + new Other().toString());
              }
            }
            class Other { public String toString() { return lib.Greeter.greet("you"); } }
            """);
    java(List.of("-cp", path(temp.resolve("lib")), source.toString(), workspace.toString()));
    deleteOriginals();

    assertThat(runCommand()).isEqualTo("Pair[a=1, b=2]hello you\n");
  }

  @Test
  void classes_that_cannot_be_started_elsewhere_are_refused() throws Exception {
    Runnable lambda = () -> {};
    Object anonymous =
        new Object() {
          @Override
          public String toString() {
            return "anonymous";
          }
        };
    Class<?> hidden =
        MethodHandles.lookup().defineHiddenClass(bytesOf(HiddenMain.class), true).lookupClass();
    Object proxy =
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {Runnable.class}, (p, m, a) -> null);

    assertRefused(int.class, "is not a class");
    assertRefused(String[].class, "is not a class");
    assertRefused(lambda.getClass(), "generated at run time");
    assertRefused(hidden, "generated at run time");
    assertRefused(proxy.getClass(), "generated at run time");
    assertRefused(anonymous.getClass(), "is an inner class");
    assertRefused(InnerMain.class, "is an inner class");
    assertRefused(String.class, "has no public static void main");
    assertRefused(PrivateMain.class, "has no public static void main");
    assertRefused(InstanceMain.class, "is not public static void main");
    assertRefused(ReturningMain.class, "is not public static void main");
  }

  @Test
  void a_loader_that_does_not_tell_its_files_is_refused() throws Exception {
    byte[] bytes = Files.readAllBytes(temp.resolve("app/app/Hello.class"));
    ClassLoader closed =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) {
            return defineClass(name, bytes, 0, bytes.length);
          }
        };

    assertRefused(closed.loadClass("app.Hello"), "does not tell which files");
  }

  static final class HiddenMain {
    public static void main(String[] args) {}
  }

  @SuppressWarnings("ClassCanBeStatic") // that is the point
  final class InnerMain {
    public static void main(String[] args) {}
  }

  static final class PrivateMain {
    @SuppressWarnings("IncorrectMainMethod")
    static void main(String[] args) {}
  }

  static final class InstanceMain {
    @SuppressWarnings("IncorrectMainMethod")
    public void main(String[] args) {}
  }

  static final class ReturningMain {
    @SuppressWarnings("IncorrectMainMethod")
    public static int main(String[] args) {
      return 0;
    }
  }

  /**
   * Behaves as the loader of a running Spring Boot archive does, as far as it can be seen from
   * outside.
   */
  private static final class BootLoader extends URLClassLoader {
    private final URL[] urls;
    private final Map<String, byte[]> classes;

    BootLoader(URL[] urls, Map<String, byte[]> classes) {
      super(new URL[0], ClassLoader.getPlatformClassLoader());
      this.urls = urls;
      this.classes = classes;
    }

    @Override
    public URL[] getURLs() {
      return urls;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      byte[] bytes = classes.get(name.replace('.', '/') + ".class");
      if (bytes == null) {
        throw new ClassNotFoundException(name);
      }
      CodeSource source = new CodeSource(urls[0], (Certificate[]) null);
      return defineClass(name, bytes, 0, bytes.length, source);
    }

    @Override
    public URL findResource(String name) {
      return classes.containsKey(name) ? urls[0] : null;
    }
  }

  private String runFromJShell(JShell shell) throws Exception {
    shell.addToClasspath(OURS);
    shell.addToClasspath(temp.resolve("lib").toString());
    eval(shell, "import java.util.*;");
    eval(shell, "record Point(int x, int y) {}");
    eval(shell, "enum Size { FEW, MANY }");
    eval(shell, "interface Shape { default boolean round() { return true; } }");
    eval(shell, "class Unused { Missing m; }");
    eval(shell, "int twice(int n) { return 2 * n; }");
    eval(
        shell,
        "class Base<T extends Shape> { List<String> list = new ArrayList<>(List.of(\"b\", \"a\")); }");
    eval(
        shell,
        "class Job extends Base<Shape> implements Shape {"
            + " Size size() { switch (Size.MANY) { case MANY: return Size.MANY; default: return null; } }"
            + " public static void main(String[] args) { Job j = new Job();"
            + " Collections.sort(j.list, (a, b) -> a.compareTo(b));"
            + " System.out.println(twice(3) + \" \" + j.list + \" \" + new Point(1, 2) + \" \" + j.size() + \" \" + j.round()); } }");
    eval(shell, "io.wherry.internal.classpath.Captor.capture(\"" + workspace + "\", Job.class);");
    return runCommand();
  }

  private static SnippetEvent eval(JShell shell, String code) {
    List<SnippetEvent> events = shell.eval(code);
    assertThat(events)
        .as("%s: %s", code, events)
        .allMatch(e -> e.exception() == null && e.status() != Snippet.Status.REJECTED);
    return events.get(0);
  }

  private static URL bootUrl(String url) throws IOException {
    return new URL(
        null,
        url,
        new URLStreamHandler() {
          @Override
          protected void parseURL(URL u, String spec, int start, int limit) {
            setURL(u, "jar", "", -1, null, null, spec.substring(start, limit), null, null);
          }

          @Override
          protected URLConnection openConnection(URL u) throws IOException {
            throw new IOException("only Boot's own loader opens " + u);
          }
        });
  }

  private Map<String, String> boot(String startClass) {
    Map<String, String> attributes = new LinkedHashMap<>();
    attributes.put("Main-Class", "org.springframework.boot.loader.launch.JarLauncher");
    attributes.put("Spring-Boot-Classes", "BOOT-INF/classes/");
    attributes.put("Spring-Boot-Lib", "BOOT-INF/lib/");
    if (startClass != null) {
      attributes.put("Start-Class", startClass);
    }
    return attributes;
  }

  private Map<String, byte[]> bootFiles() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("org/springframework/boot/loader/launch/JarLauncher.class", new byte[0]);
    classes("app").forEach((name, bytes) -> files.put("BOOT-INF/classes/" + name, bytes));
    Path lib = jar("lib-1.0.jar", null, classes("lib"));
    files.put("BOOT-INF/lib/lib-1.0.jar", Files.readAllBytes(lib));
    Files.delete(lib);
    return files;
  }

  private void assertRefused(Class<?> main, String rule) {
    assertThat(violations(() -> capture.capture(main)))
        .singleElement()
        .satisfies(v -> assertThat(v.path()).isEqualTo("main"))
        .satisfies(v -> assertThat(v.value()).isEqualTo(main.getName()))
        .satisfies(v -> assertThat(v.rule()).contains(rule))
        .satisfies(v -> assertThat(v.nextStep()).isNotEmpty());
  }

  private void assertRefused(Path jar, String rule) {
    assertThat(violations(() -> capture.capture(jar)))
        .singleElement()
        .satisfies(v -> assertThat(v.path()).isEqualTo("jar"))
        .satisfies(v -> assertThat(v.value()).isEqualTo(jar.toString()))
        .satisfies(v -> assertThat(v.rule()).contains(rule))
        .satisfies(v -> assertThat(v.nextStep()).isNotEmpty());
  }

  private static List<Violation> violations(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    ContentException e = catchThrowableOfType(ContentException.class, call);
    assertThat(e).isNotNull();
    return e.violations();
  }

  private static Path folderOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (java.net.URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] bytesOf(Class<?> type) throws IOException {
    try (var in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
      return in.readAllBytes();
    }
  }

  private void compile(String folder, String name, String source) throws IOException {
    Path out = Files.createDirectories(temp.resolve(folder));
    Path file =
        Files.writeString(
            Files.createDirectories(temp.resolve("sources"))
                .resolve(name.replaceAll(".*\\.", "") + ".java"),
            source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                out.toString(),
                "-cp",
                temp.resolve("lib").toString(),
                file.toString());
    assertThat(status).isZero();
  }

  private Map<String, byte[]> classes(String folder) throws IOException {
    Map<String, byte[]> classes = new LinkedHashMap<>();
    Path root = temp.resolve(folder);
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        classes.put(root.relativize(path).toString(), Files.readAllBytes(path));
      }
    }
    return classes;
  }

  private static Manifest manifest(Map<String, String> attributes) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.forEach((k, v) -> manifest.getMainAttributes().putValue(k, v));
    return manifest;
  }

  /** Nested jars are stored, not deflated, as Boot needs them. */
  private Path jar(String name, Manifest manifest, Map<String, byte[]> files) throws IOException {
    Path jar = temp.resolve(name);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip =
            manifest == null ? new JarOutputStream(out) : new JarOutputStream(out, manifest)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        JarEntry entry = new JarEntry(file.getKey());
        if (file.getKey().endsWith(".jar")) {
          CRC32 crc = new CRC32();
          crc.update(file.getValue());
          entry.setMethod(ZipEntry.STORED);
          entry.setSize(file.getValue().length);
          entry.setCrc(crc.getValue());
        }
        zip.putNextEntry(entry);
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return jar;
  }

  private String path(Path... entries) {
    return Stream.of(entries)
            .map(Path::toString)
            .reduce((a, b) -> a + File.pathSeparator + b)
            .orElse("")
        + File.pathSeparator
        + OURS;
  }

  private void deleteOriginals() throws Exception {
    List<String> argv = new ArrayList<>(List.of("rm", "-rf"));
    try (Stream<Path> list = Files.list(temp)) {
      list.filter(p -> !p.equals(workspace)).forEach(p -> argv.add(p.toString()));
    }
    assertThat(new ProcessBuilder(argv).start().waitFor()).isZero();
  }

  private String runCommand() throws Exception {
    String[] command = Files.readString(workspace.resolve("command")).split("\n", -1);
    return java(List.of("-cp", command[1], command[0]));
  }

  private String run(FrozenClassPath frozen) throws Exception {
    return java(List.of("-cp", Captor.path(snapshots, frozen.entries()), frozen.mainClass()));
  }

  private String java(List<String> arguments) throws Exception {
    List<String> argv = new ArrayList<>(arguments);
    argv.add(0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
    Process process =
        new ProcessBuilder(argv).directory(temp.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
