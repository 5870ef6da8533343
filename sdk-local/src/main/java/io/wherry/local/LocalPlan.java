package io.wherry.local;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wherry.spec.Cause;
import io.wherry.spec.Content;
import io.wherry.spec.Program;
import io.wherry.spec.RunSpec;
import io.wherry.spec.Violation;
import io.wherry.spi.BackendContext;
import io.wherry.spi.BackendException;
import io.wherry.spi.BackendException.Kind;
import io.wherry.spi.Launch;
import io.wherry.spi.LaunchKey;
import io.wherry.spi.LaunchPlan;
import io.wherry.spi.Workload;
import io.wherry.spi.WorkloadHandle;
import io.wherry.spi.help.ExitRecord;
import io.wherry.spi.help.JobEnvironment;
import io.wherry.spi.help.JobFile;
import io.wherry.spi.help.OwnOptions;
import io.wherry.spi.help.PidRecord;
import io.wherry.spi.help.RunFolder;
import io.wherry.spi.help.RunSecrets;
import io.wherry.spi.help.Shell;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One start of a batch on this machine. */
final class LocalPlan implements LaunchPlan {

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FOLDER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final LocalBackend backend;
  private final BackendContext context;
  private final List<Workload> batch;

  LocalPlan(LocalBackend backend, BackendContext context, List<Workload> batch) {
    this.backend = backend;
    this.context = context;
    this.batch = List.copyOf(batch);
  }

  @Override
  public String describe() {
    StringBuilder out = new StringBuilder();
    for (Workload workload : batch) {
      RunSpec spec = workload.spec();
      Path folder = folder(workload.key());
      out.append("folder   ").append(folder.resolve(RunFolder.WORK)).append('\n');
      out.append("command  ").append(Shell.quote(described(spec.program()))).append('\n');
      if (spec.processesPerNode() > 1) {
        out.append("ranks    ").append(spec.processesPerNode()).append('\n');
      }
      out.append("slots    ").append(spec.resources().cpus()).append(" CPUs, ");
      out.append(spec.resources().gpus()).append(" GPUs\n");
      if (spec.timeLimit() != null) {
        out.append("limit    ").append(JobFile.seconds(spec.timeLimit())).append(" s, then TERM\n");
      }
      if (spec.resources().memoryLimit() > 0) {
        out.append("memory   ").append(spec.resources().memoryLimit()).append(" bytes\n");
      }
      out.append("grace    ")
          .append(JobFile.seconds(spec.grace()))
          .append(" s from TERM to KILL\n");
      spec.env().keySet().forEach(name -> out.append("env      ").append(name).append('\n'));
      JobEnvironment.params(spec)
          .keySet()
          .forEach(name -> out.append("env      ").append(name).append('\n'));
      spec.inputs()
          .keySet()
          .forEach(
              n ->
                  out.append("env      WHERRY_INPUT_")
                      .append(JobEnvironment.variable(n))
                      .append('\n'));
      spec.outputs()
          .forEach(
              n ->
                  out.append("env      WHERRY_OUTPUT_")
                      .append(JobEnvironment.variable(n))
                      .append('\n'));
      spec.secrets()
          .forEach(
              (name, secret) ->
                  out.append("secret   ")
                      .append(name)
                      .append(" = ")
                      .append(secret.reference())
                      .append('\n'));
    }
    return out.toString();
  }

  @Override
  public List<Violation> violations() {
    List<Violation> violations = new ArrayList<>();
    for (Workload workload : batch) {
      RunSpec spec = workload.spec();
      violations.addAll(OwnOptions.unknown(spec, LocalHandle.KIND, Set.of()));
      violations.addAll(JobEnvironment.violations(spec));
    }
    return violations;
  }

  @Override
  public Set<Cause> requeuesOn() {
    return Set.of();
  }

  @Override
  public Launch launch() throws BackendException {
    try {
      Launch launch = start();
      return launch != null ? launch : again();
    } catch (IOException e) {
      throw new BackendException(Kind.TRANSIENT, "can't write the run folder: " + e, e);
    }
  }

  /** The launcher was killed and nobody had noticed: the next one, once. */
  private Launch again() throws IOException, BackendException {
    Launch launch = start();
    if (launch == null) {
      throw new BackendException(
          Kind.AMBIGUOUS, "the launcher shell was killed twice; see who does that");
    }
    return launch;
  }

  /** Null if the launcher has not taken them. */
  private @Nullable Launch start() throws IOException, BackendException {
    Map<LaunchKey, WorkloadHandle> handles = new HashMap<>();
    List<Workload> fresh = new ArrayList<>();
    List<Slots.Need> needs = new ArrayList<>();
    for (Workload workload : batch) {
      LaunchKey key = workload.key();
      handles.put(key, LocalHandle.of(backend.host().id(), key).handle());
      if (!Files.exists(folder(key).resolve(RunFolder.claim(0)))) {
        check(workload.spec());
        fresh.add(workload);
        needs.add(
            new Slots.Need(
                key, workload.spec().resources().cpus(), workload.spec().resources().gpus()));
      }
    }
    if (fresh.isEmpty()) {
      return new Launch.Taken(handles);
    }
    Launcher launcher = backend.launcher();
    Slots.Answer slots = backend.slots().take(needs, gpus(fresh), launcher.id());
    if (!slots.reason().isEmpty()) {
      return new Launch.NoRoom(slots.reason());
    }
    List<String> folders = new ArrayList<>();
    boolean done = false;
    try {
      for (Workload workload : fresh) {
        prepare(workload, launcher.id(), slots.names().getOrDefault(workload.key(), List.of()));
        folders.add(workload.key().runId() + "/" + workload.key().attempt());
      }
      done = true;
    } finally {
      if (!done) {
        for (Workload workload : fresh) {
          backend.slots().free(workload.key());
        }
      }
    }
    return backend.send(launcher, folders) ? new Launch.Taken(handles) : null;
  }

  private int gpus(List<Workload> workloads) throws BackendException {
    int most = workloads.stream().mapToInt(w -> w.spec().resources().gpus()).max().orElse(0);
    return most == 0 ? 0 : backend.gpus().count();
  }

  /** What would fail for certain is refused before anything is taken or written. */
  private void check(RunSpec spec) throws BackendException {
    if (spec.resources().cpus() > backend.slots().cpus()) {
      throw new BackendException(
          Kind.REJECTED,
          "the run asks for "
              + spec.resources().cpus()
              + " CPUs, this machine lends "
              + backend.slots().cpus()
              + "; ask for fewer");
    }
    if (spec.resources().gpus() > 0 && spec.resources().gpus() > backend.gpus().count()) {
      throw new BackendException(
          Kind.REJECTED,
          "the run asks for "
              + spec.resources().gpus()
              + " GPUs, this machine has "
              + backend.gpus().count()
              + "; ask for fewer");
    }
    if (spec.program() instanceof Program.Command command) {
      if (command.argv().isEmpty() || command.argv().get(0).isEmpty()) {
        throw new BackendException(Kind.REJECTED, "the command is empty; name a program");
      }
      String program = command.argv().get(0);
      String path =
          spec.env().getOrDefault("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
      if (!program.contains("/") && !backend.onPath(program, path)) {
        throw new BackendException(
            Kind.REJECTED,
            "command not found: "
                + program
                + "; install it, or name it by its path (PATH is "
                + path
                + ")");
      }
      if (program.startsWith("/") && !Files.isExecutable(Path.of(program))) {
        throw new BackendException(
            Kind.REJECTED, "command not found or not executable: " + program + "; check the path");
      }
    }
  }

  private void prepare(Workload workload, PidRecord.Id launcher, List<String> slots)
      throws IOException, BackendException {
    RunSpec spec = workload.spec();
    LaunchKey key = workload.key();
    Path folder = folder(key);
    Path run = backend.folder(key.runId());
    make(run);
    make(run.resolve("checkpoint"));
    make(folder);
    records(folder, spec.processesPerNode());
    Path work = folder.resolve(RunFolder.WORK);
    make(work);
    if (spec.source() != null) {
      context.materialise(spec.source().manifest(), work);
    }
    Map<String, String> environment = new LinkedHashMap<>(spec.env());
    environment.putAll(JobEnvironment.params(spec));
    inputs(spec, folder, environment);
    outputs(spec, folder, environment);
    environment.put("WHERRY_RUN_ID", key.runId());
    environment.put("WHERRY_ATTEMPT", Integer.toString(key.attempt()));
    environment.put("WHERRY_LAUNCH_KEY", key.toString());
    environment.put("WHERRY_CHECKPOINT", run.resolve("checkpoint").toString());
    environment.put("WHERRY_GRACE", JobFile.seconds(spec.grace()));
    environment.put("WORLD_SIZE", Integer.toString(spec.worldSize()));
    environment.put("NODE_RANK", "0");
    environment.put("MASTER_ADDR", "127.0.0.1");
    environment.put("MASTER_PORT", Integer.toString(freePort()));
    secrets(spec, folder);
    String group = backend.groups().make(key, spec.resources().memoryLimit());
    JobHeader header =
        new JobHeader(
            key, backend.bootId(), RunFiles.inode(folder), launcher, group == null ? "" : group);
    JobFile job =
        new JobFile(
            header.text(),
            key.toString(),
            backend.bootId(),
            spec.processesPerNode(),
            spec.timeLimit(),
            spec.grace(),
            folder.toString(),
            environment,
            rankEnvironment(spec, Slots.gpus(slots)),
            !spec.secrets().isEmpty(),
            group,
            backend.slots().folder().toString(),
            slots,
            argv(spec.program()));
    replace(folder.resolve(RunFolder.JOB), job.text());
  }

  private void inputs(RunSpec spec, Path folder, Map<String, String> environment)
      throws IOException, BackendException {
    for (Map.Entry<String, Content> input : spec.inputs().entrySet()) {
      Path place = folder.resolve(RunFolder.INPUTS).resolve(input.getKey());
      Path seen;
      if (input.getValue() instanceof Content.Blob blob) {
        Files.createDirectories(place, OWNER_FOLDER);
        seen = place.resolve(blob.fileName());
        link(seen, file(blob));
      } else if (input.getValue() instanceof Content.Tree tree) {
        Files.createDirectories(place.getParent(), OWNER_FOLDER);
        seen = place;
        link(seen, context.sharedTree(tree.manifest()));
      } else {
        seen = inPlace((Content.InPlace) input.getValue(), "inputs." + input.getKey());
      }
      environment.put("WHERRY_INPUT_" + JobEnvironment.variable(input.getKey()), seen.toString());
    }
  }

  private static void outputs(RunSpec spec, Path folder, Map<String, String> environment)
      throws IOException {
    for (String output : spec.outputs()) {
      Path place = folder.resolve(RunFolder.OUTPUTS).resolve(output);
      Files.createDirectories(place.getParent(), OWNER_FOLDER);
      environment.put("WHERRY_OUTPUT_" + JobEnvironment.variable(output), place.toString());
    }
  }

  private void secrets(RunSpec spec, Path folder) throws IOException, BackendException {
    if (spec.secrets().isEmpty()) {
      return;
    }
    replace(
        folder.resolve(RunFolder.SECRETS), JobFile.secretsText(RunSecrets.resolve(spec, context)));
  }

  private List<Map<String, String>> rankEnvironment(RunSpec spec, List<String> gpus) {
    if (gpus.isEmpty() && !backend.gpus().seen()) {
      return List.of();
    }
    int each = gpus.size() / spec.processesPerNode();
    List<Map<String, String>> ranks = new ArrayList<>();
    for (int rank = 0; rank < spec.processesPerNode(); rank++) {
      ranks.add(
          Map.of(
              "CUDA_VISIBLE_DEVICES",
              String.join(",", gpus.subList(rank * each, (rank + 1) * each))));
    }
    return ranks;
  }

  private List<String> argv(Program program) throws BackendException {
    if (program instanceof Program.Command command) {
      return command.argv();
    }
    Program.Java java = (Program.Java) program;
    List<String> argv = new ArrayList<>();
    argv.add(java().toString());
    argv.addAll(java.jvmOptions());
    List<String> classPath = new ArrayList<>();
    for (Content entry : java.classPath()) {
      String path = classPathEntry(entry).toString();
      if (path.contains(File.pathSeparator)) {
        throw new BackendException(
            Kind.REJECTED,
            "a class path can't have an entry with a colon in its path: "
                + path
                + "; move the workspace");
      }
      classPath.add(path);
    }
    if (!classPath.isEmpty()) {
      argv.add("-cp");
      argv.add(String.join(File.pathSeparator, classPath));
    }
    argv.add(java.mainClass());
    argv.addAll(java.arguments());
    return argv;
  }

  private Path classPathEntry(Content entry) throws BackendException {
    if (entry instanceof Content.Blob blob) {
      return file(blob);
    }
    return entry instanceof Content.Tree tree
        ? context.sharedTree(tree.manifest())
        : inPlace((Content.InPlace) entry, "classPath");
  }

  private static List<String> described(Program program) {
    if (program instanceof Program.Command command) {
      return command.argv();
    }
    Program.Java java = (Program.Java) program;
    List<String> argv = new ArrayList<>(List.of(java().toString()));
    argv.addAll(java.jvmOptions());
    if (!java.classPath().isEmpty()) {
      argv.add("-cp");
      argv.add(
          String.join(
              File.pathSeparator, java.classPath().stream().map(LocalPlan::described).toList()));
    }
    argv.add(java.mainClass());
    argv.addAll(java.arguments());
    return argv;
  }

  private static String described(Content content) {
    if (content instanceof Content.Blob blob) {
      return blob.fileName() + "@" + blob.digest().hex().substring(0, 12);
    }
    return content instanceof Content.Tree tree
        ? "tree@" + tree.manifest().hex().substring(0, 12)
        : ((Content.InPlace) content).location();
  }

  private static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  private Path file(Content.Blob blob) throws BackendException {
    return context
        .blobs()
        .path(blob.digest())
        .map(Path::toAbsolutePath)
        .orElseThrow(
            () ->
                new BackendException(
                    Kind.REJECTED,
                    "the content of "
                        + blob.fileName()
                        + " ("
                        + blob.digest()
                        + ") is not in the workspace; submit again"));
  }

  private static Path inPlace(Content.InPlace content, String path) throws BackendException {
    try {
      Path place = Path.of(content.location());
      if (Files.exists(place)) {
        return place.toAbsolutePath();
      }
    } catch (InvalidPathException e) { // said below
    }
    throw new BackendException(
        Kind.REJECTED,
        path
            + " = "
            + content.location()
            + " does not exist on this machine; check the path or mount it");
  }

  private Path folder(LaunchKey key) {
    return backend.folder(key.runId() + "/" + key.attempt());
  }

  private static boolean make(Path folder) throws IOException {
    try {
      Files.createDirectory(folder, OWNER_FOLDER);
      return true;
    } catch (
        FileAlreadyExistsException
            e) { // an earlier launch of the same key, or attempt of the same run
      return false;
    }
  }

  /**
   * Room for the records of the wrapper, taken now and all at once: never over what a wrapper has
   * written.
   */
  private static void records(Path folder, int ranks) throws IOException {
    Path place = folder.resolve("0");
    Path made = folder.resolve("0." + UUID.randomUUID());
    Files.createDirectory(made, OWNER_FOLDER);
    write(made.resolve("pid"), PidRecord.blank(ranks));
    write(made.resolve("exit"), ExitRecord.blank());
    try {
      Files.move(made, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) { // there are records already
      Folders.delete(made);
      if (!Files.isDirectory(place)) {
        throw e;
      }
    }
  }

  /**
   * Whole or not at all, readable by its owner only: a wrapper of an earlier launch may be reading
   * it.
   */
  private static void replace(Path file, String text) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
    write(temporary, text);
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void write(Path file, String text) throws IOException {
    try (SeekableByteChannel out =
        Files.newByteChannel(
            file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), OWNER_FILE)) {
      out.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
    }
  }

  private static void link(Path link, Path target) throws IOException {
    try {
      Files.createSymbolicLink(link, target.toAbsolutePath());
    } catch (FileAlreadyExistsException e) { // an earlier launch of the same key
      Files.delete(link);
      Files.createSymbolicLink(link, target.toAbsolutePath());
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
