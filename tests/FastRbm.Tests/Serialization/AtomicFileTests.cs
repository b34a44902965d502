using System.Diagnostics;
using System.Globalization;
using FastRbm.Serialization;
using FastRbm.Testing;

namespace FastRbm.Tests.Serialization;

public sealed class AtomicFileTests : IDisposable
{
    private const string ChildVariable = "FASTRBM_TEST_SAVE_TARGET";
    private const int ChildFileLength = 1 << 20;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_file_is_made_and_replaced_and_nothing_else_stays()
    {
        string path = _directory.File("model");
        AtomicFile.Write(path, [1, 2, 3]);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        AtomicFile.Write(path, [4]);
        Assert.Equal([4], File.ReadAllBytes(path));
        AtomicFile.Write(path, 0, 5, static (stream, value) => stream.Write(new byte[100_000 * value]));
        Assert.Equal(500_000, new FileInfo(path).Length);
        AtomicFile.Write(path, 1000, 0, static (stream, _) => stream.WriteByte(9));
        Assert.Equal([9], File.ReadAllBytes(path));
        Assert.Equal(["model"], _directory.Names());
    }

    [Fact]
    public void A_failure_on_the_way_leaves_the_old_file_and_no_temporary_one()
    {
        string path = _directory.File("model", [1, 2, 3]);
        string[] during = [];
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, 100_000, 0, (stream, _) =>
        {
            stream.Write(new byte[70_000]);
            during = _directory.Names();
            Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
            throw new InvalidOperationException("half way");
        }));
        Assert.Equal("half way", error.Message);
        Assert.Equal(2, during.Length);
        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $".model.{Environment.ProcessId}-"), during[0], StringComparison.Ordinal);
        Assert.Equal(["model"], _directory.Names());
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(_directory.File("other"), 0, 0, (_, _) => throw new InvalidOperationException()));
        Assert.Equal(["model"], _directory.Names());
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_an_error_with_its_path()
    {
        AssertFails(_directory.FullPath, "expected a file name, found a directory");
        AssertFails(_directory.FullPath + "/", "expected a file name, found a directory");
        AssertFails(_directory.File("none/model"), $"expected the directory {_directory.File("none")} to exist, found none");
        string file = _directory.File("file", [1]);
        AssertFails(Path.Combine(file, "model"), "to exist, found none");
        File.SetAttributes(file, FileAttributes.ReadOnly);
        AssertFails(file, "expected a file that may be replaced, found a read-only one");
        File.SetAttributes(file, FileAttributes.Normal);
        Assert.Throws<ArgumentException>(() => AtomicFile.Write("", [1]));
        AssertFails(_directory.File(new string('n', 300)), "expected to write the file");
        Assert.Equal(["file"], _directory.Names());
    }

    [Fact]
    public void A_directory_that_may_not_be_written_to_is_an_error_with_the_path()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows directories have no such attribute.");
            return;
        }

        string directory = _directory.File("locked");
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Assert.SkipWhen(CanWriteTo(directory), "This user may write everywhere.");
            AssertFails(Path.Combine(directory, "model"), "expected to write the file, found no permission to do so");
        }
        finally
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    [Fact]
    public void A_device_is_never_replaced()
    {
        Assert.SkipUnless(Directory.Exists("/dev"), "This system has no /dev.");

        // A name that no device has, so that a failure of this test harms nobody.
        string device = "/dev/fastrbm-no-such-device";
        AssertFails(device, "expected a regular file, found a device");
        string link = _directory.File("link");
        File.CreateSymbolicLink(link, device);
        AssertFails(link, "expected a regular file, found a device");
    }

    [Fact]
    public void A_symbolic_link_stays_and_the_file_that_it_names_is_replaced()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Making links needs a right that tests don't have.");
            return;
        }

        Directory.CreateDirectory(_directory.File("far"));
        string target = _directory.File("far/model", [1]);
        string link = _directory.File("link");
        File.CreateSymbolicLink(link, "far/model");
        AtomicFile.Write(link, [2]);
        Assert.Equal([2], File.ReadAllBytes(target));
        Assert.Equal("far/model", new FileInfo(link).LinkTarget);
        File.Delete(target);
        AtomicFile.Write(link, [3]);
        Assert.Equal([3], File.ReadAllBytes(target));
        File.CreateSymbolicLink(_directory.File("a"), "b");
        File.CreateSymbolicLink(_directory.File("b"), "a");
        AssertFails(_directory.File("a"), "expected to write the file");
    }

    [Fact]
    public void A_replaced_file_keeps_its_permissions()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows files have no mode.");
            return;
        }

        string path = _directory.File("model", [1]);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        File.SetUnixFileMode(path, mode);
        AtomicFile.Write(path, [2]);
        Assert.Equal(mode, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Leftovers_of_dead_processes_are_removed_and_nothing_else()
    {
        string path = _directory.File("model");
        int dead = DeadProcess();
        int alive = Environment.ProcessId;
        using Process parent = Process.Start(new ProcessStartInfo("sleep", "60") { UseShellExecute = false })!;
        try
        {
            string[] leftovers = [$".model.{dead}-0123456789ab-1.tmp", $".model.{alive}-0123456789ab-7.tmp"];
            string[] others =
            [
                $".model.{parent.Id}-0123456789ab-1.tmp", $".model.{dead}-0123-1.tmp", $".model.{dead}-0123456789ab-x.tmp", $".model.{dead}.tmp",
                $".other.{dead}-0123456789ab-1.tmp", ".model.tmp", ".model.x.tmp", "model.tmp", ".model.", $".model.{dead}-0123456789ab-1.tmp2",
            ];
            foreach (string name in leftovers.Concat(others))
            {
                _directory.File(name, [1]);
            }

            string locked = _directory.File($".model.{dead}-0123456789ab-2.tmp");
            using (FileStream held = new(locked, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                AtomicFile.Write(path, [1]);
                Assert.Equal(others.Append("model").Append(Path.GetFileName(locked)).Order(StringComparer.Ordinal), _directory.Names());
            }

            AtomicFile.Write(path, [1]);
            Assert.Equal(others.Append("model").Order(StringComparer.Ordinal), _directory.Names());
        }
        finally
        {
            parent.Kill();
            parent.WaitForExit();
        }
    }

    [Fact]
    public void The_longest_names_can_be_saved()
    {
        foreach (string name in new[] { new string('n', 255), string.Concat(Enumerable.Repeat("\u4e2d", 85)), "n" + string.Concat(Enumerable.Repeat("\ud83d\ude00", 63)) })
        {
            AtomicFile.Write(_directory.File(name), [1]);
            Assert.Equal([name], _directory.Names());
            File.Delete(_directory.File(name));
        }
    }

    [Fact]
    public void Saves_from_many_threads_leave_one_whole_file()
    {
        string path = _directory.File("model");
        Thread[] threads = new Thread[4];
        int torn = 0;
        for (int i = 0; i < threads.Length; i++)
        {
            byte[] content = new byte[100_000];
            Array.Fill(content, (byte)i);
            threads[i] = new Thread(() =>
            {
                for (int save = 0; save < 5; save++)
                {
                    AtomicFile.Write(path, content);
                    byte[] found = File.ReadAllBytes(path);
                    if (found.Length != content.Length || found.AsSpan().ContainsAnyExcept(found[0]))
                    {
                        Interlocked.Increment(ref torn);
                    }
                }
            });
        }

        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Equal(0, torn);
        Assert.Equal(["model"], _directory.Names());
    }

    [Fact]
    public void A_full_disk_is_found_early_and_leaves_the_old_file()
    {
        string disk = _directory.File("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk), "A small disk can't be mounted here.");
        try
        {
            string path = Path.Combine(disk, "model");
            AtomicFile.Write(path, [1, 2, 3]);
            bool called = false;
            IOException early = Assert.Throws<IOException>(() => AtomicFile.Write(path, 4 << 20, 0, (_, _) => called = true));
            Assert.False(called);
            Assert.Equal($"{path}: expected room for 4194304 bytes on the disk, found too little.", early.Message);
            IOException late = Assert.Throws<IOException>(() => AtomicFile.Write(path, 0, 0, static (stream, _) => stream.Write(new byte[4 << 20])));
            Assert.Equal($"{path}: expected room for the file on the disk, found too little.", late.Message);
            IOException other = Assert.Throws<IOException>(() => AtomicFile.Write(path, 3, 0, static (_, _) => throw new IOException("elsewhere")));
            Assert.Equal($"{path}: expected to write the file, found elsewhere.", other.Message);
            Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
            Assert.Equal([path], Directory.EnumerateFiles(disk));
        }
        finally
        {
            Assert.True(Run("umount", disk));
        }
    }

    [Fact]
    public void A_process_that_is_killed_never_leaves_a_torn_file()
    {
        string program = Path.Combine(AppContext.BaseDirectory, "FastRbm.Tests.dll");
        string path = _directory.File("model");
        string method = $"{typeof(AtomicFileTests).FullName}.{nameof(Saves_until_it_is_killed_when_asked_to)}";
        for (int kill = 0; kill < 4; kill++)
        {
            File.Delete(path);
            ProcessStartInfo start = new("dotnet", ["exec", program, "--filter-method", method]) { UseShellExecute = false, RedirectStandardOutput = true };
            start.Environment[ChildVariable] = path;
            using Process child = Process.Start(start)!;
            try
            {
                Assert.True(SpinWait.SpinUntil(() => File.Exists(path) || child.HasExited, TimeSpan.FromSeconds(60)), "The child saved nothing.");
                Assert.False(child.HasExited, "The child ended by itself.");

                // Any moment will do: the claim holds at each of them.
                Thread.Sleep(5 * kill);
            }
            finally
            {
                child.Kill();
                child.WaitForExit();
            }

            byte[] found = File.ReadAllBytes(path);
            Assert.Equal(ChildFileLength, found.Length);
            Assert.False(found.AsSpan().ContainsAnyExcept(found[0]));
            AtomicFile.Write(path, [1]);
            Assert.Equal(["model"], _directory.Names());
        }
    }

    [Fact]
    public void Saves_until_it_is_killed_when_asked_to()
    {
        string? path = Environment.GetEnvironmentVariable(ChildVariable);
        Assert.SkipWhen(path is null, "The other half of the test that kills a process.");
        byte[] content = new byte[ChildFileLength];
        for (byte save = 0; ; save++)
        {
            Array.Fill(content, save);
            AtomicFile.Write(path, content.Length, content, static (stream, bytes) =>
            {
                // In small pieces, so that a kill comes in the middle.
                for (int i = 0; i < bytes.Length; i += 4096)
                {
                    stream.Write(bytes.AsSpan(i, 4096));
                    stream.Flush();
                }
            });
        }
    }

    private static void AssertFails(string path, string message)
    {
        IOException error = Assert.Throws<IOException>(() => AtomicFile.Write(path, [1, 2, 3]));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private static bool CanWriteTo(string directory)
    {
        try
        {
            File.WriteAllBytes(Path.Combine(directory, "probe"), []);
            File.Delete(Path.Combine(directory, "probe"));
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int DeadProcess()
    {
        using Process process = Process.Start(new ProcessStartInfo("sleep", "0") { UseShellExecute = false })!;
        process.WaitForExit();
        return process.Id;
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
