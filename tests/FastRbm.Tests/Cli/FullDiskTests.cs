using System.Diagnostics;

namespace FastRbm.Tests.Cli;

/// <summary>Saves to a disk that is too small: a failure that says so, and nothing half-written.</summary>
public sealed class FullDiskTests
{
    // The model takes 63 kB.
    private static readonly string[] _train = ["train", "--data", "strokes", "--limit", "50", "--hidden", "20", "--epochs", "1"];

    [Fact]
    public void A_full_disk_is_a_failure_that_leaves_the_old_file_as_it_was()
    {
        using Workplace place = new();
        string disk = place["disk"];
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk), "Mounting a small disk needs rights that this user hasn't.");
        try
        {
            File.WriteAllText(place["disk/model"], "old");
            string before = place.Contents();
            CommandRun.InProcess([.. _train, "--output", place["disk/model"]]).Fails(1, place["disk/model"], "room");
            Assert.Equal(before, place.Contents());
            CommandRun.InProcess([.. _train, "--output", place["m"], "--checkpoint", place["disk/state"]]).Fails(1, place["disk/state"], "room");
            Assert.Equal(before, place.Contents());

            string model = place.Model(784, 2);
            before = place.Contents();
            string[] sample = ["sample", "--model", model, "--steps", "1", "--count", "400", "--output"];
            CommandRun.InProcess([.. sample, place["disk/s.npy"]]).Fails(1, place["disk/s.npy"]);
            CommandRun.InProcess([.. sample, place["disk/s.png"], "--states"]).Fails(1, place["disk/s.png"]);
            Assert.Equal(before, place.Contents());
        }
        finally
        {
            Run("umount", disk);
        }
    }

    private static bool Run(string program, params string[] args)
    {
        try
        {
            ProcessStartInfo start = new(program) { RedirectStandardError = true, RedirectStandardOutput = true };
            foreach (string arg in args)
            {
                start.ArgumentList.Add(arg);
            }

            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
