namespace FastRbm.Tests.Cli;

/// <summary>Whatever is wrong with the input: the right exit code, one line that names it, and no file touched.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("--hidden", "0")]
    [InlineData("--hidden", "-3")]
    [InlineData("--hidden", "99999999999")]
    [InlineData("--hidden", "many")]
    [InlineData("--batch-size", "0")]
    [InlineData("--batch-size", "-1")]
    [InlineData("--batch-size", "33")]
    [InlineData("--learning-rate", "NaN")]
    [InlineData("--learning-rate", "0")]
    [InlineData("--learning-rate", "1e30")]
    [InlineData("--learning-rate", "-0.1")]
    [InlineData("--learning-rate", "fast")]
    [InlineData("--learning-rate-decay", "0")]
    [InlineData("--momentum", "1")]
    [InlineData("--momentum", "NaN")]
    [InlineData("--weight-decay", "-1")]
    [InlineData("--l1-decay", "NaN")]
    [InlineData("--steps", "0")]
    [InlineData("--steps", "-1")]
    [InlineData("--epochs", "0")]
    [InlineData("--epochs", "-1")]
    [InlineData("--threads", "0")]
    [InlineData("--threads", "-2")]
    [InlineData("--limit", "0")]
    [InlineData("--limit", "33")]
    [InlineData("--seed", "-1")]
    [InlineData("--chains", "5")]
    [InlineData("--final-learning-rate", "0.1")]
    [InlineData("--initial-momentum", "0.5")]
    public void A_training_option_out_of_range_is_a_usage_error_that_names_it(string option, string value)
    {
        using Workplace place = new();
        string before = place.Contents();
        List<string> args = ["train", "--data", "bars-and-stripes", "--output", place["m"], option, value];
        if (option != "--hidden")
        {
            args.AddRange(["--hidden", "4"]);
        }

        CommandRun.InProcess([.. args]).Fails(2, option + ": expected", "found");
        Assert.Equal(before, place.Contents());
    }

    [Theory]
    [InlineData("--algorithm", "cd, pcd")]
    [InlineData("--binarize", "threshold, sample, none")]
    [InlineData("--learning-rate-schedule", "constant, linear, exponential, cosine, inverse")]
    [InlineData("--initial-weights", "normal, xavier")]
    [InlineData("--visible-unit", "binary")]
    [InlineData("--hidden-unit", "binary")]
    public void An_unknown_word_gets_the_list_of_the_known_ones(string option, string words)
    {
        using Workplace place = new();
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--hidden", "4", "--output", place["m"], option, "tri").Fails(2, option, words, "tri");
    }

    [Fact]
    public void Unknown_commands_options_and_data_and_missing_options_are_named()
    {
        CommandRun.InProcess().Fails(2, "train, sample, evaluate", "complete", "transform", "enumerate", "inspect", "demo");
        CommandRun.InProcess("tarin").Fails(2, "tarin");
        CommandRun.InProcess("enumerate", "--modle", "x").Fails(2, "--modle");
        CommandRun.InProcess("train", "--data", "xor", "--hidden", "2").Fails(2, "--output", "rbm train --help");
        CommandRun.InProcess("train", "--data", "mnsit", "--hidden", "2", "--output", "never").Fails(1, "mnsit", "mnist", "bars-and-stripes");
        CommandRun.InProcess("train", "--data", "xor", "--hidden", "2", "--output", "never", "--algorithm", "exact", "--centring", "enhanced").Fails(2, "--centring", "enhanced");
        CommandRun.InProcess("train", "--data", "xor", "--hidden", "2", "--output", "never", "--levels", "3").Fails(2, "--levels", "pt", "cd");
        CommandRun.InProcess("train", "--data", "xor", "--hidden", "2", "--output", "never", "--average", "2").Fails(2, "--average");
        CommandRun.InProcess("train", "--data", string.Empty, "--hidden", "2", "--output", "never").Fails(2, "--data");
        CommandRun.InProcess("sample", "--model", "x", "--output", "picture.jpg").Fails(2, "--output", ".png", ".npy", "picture.jpg");
        CommandRun.InProcess("sample", "--model", "x", "--output", "s.png", "--count", "0").Fails(2, "--count");
        CommandRun.InProcess("sample", "--model", "x", "--output", "s.png", "--steps", "-1").Fails(2, "--steps");
        CommandRun.InProcess("evaluate", "--model", "x", "--data", "xor", "--method", "asi").Fails(2, "--method", "auto, exact, ais, raise, tap");
        CommandRun.InProcess("evaluate", "--model", "x", "--data", "xor", "--threads", "0").Fails(2, "--threads");
    }

    public static TheoryData<string, byte[]?, string> BadData { get; } = new()
    {
        { "missing.idx", null, "neither" },
        { "empty.idx", [], "empty" },
        { "truncated.idx", [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 1], "truncated.idx" },
        { "tail.idx", [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 1, 0, 9], "tail.idx" },
        { "corrupt.idx", [0, 0, 8, 9, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 1, 0], "corrupt.idx" },
        { "rows.idx", [0, 0, 8, 2, 0, 0, 0, 0, 0, 0, 0, 2], "rows" },
        { "corrupt.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8, 9], "corrupt.gz" },
        { "truncated.npy", Workplace.Npy("(2, 2)", [1, 0, 1]), "truncated.npy" },
        { "rows.npy", Workplace.Npy("(0, 2)", []), "rows" },
        { "strange.npy", Workplace.Npy("(2, x)", [1, 0, 1, 0]), "strange.npy" },
        { "above.txt", [.. "0,1\n0,2\n"u8], "row 1, column 1" },
        { "nan.txt", [.. "0,1\nnan,1\n"u8], "row 1, column 0" },
        { "ragged.txt", [.. "0,1\n0\n"u8], "row 1" },
        { "strange.bin", [1, 2, 3, 4, 5], "strange.bin" },
    };

    [Theory]
    [MemberData(nameof(BadData))]
    public void A_bad_data_file_is_named_by_every_command_that_reads_data(string name, byte[]? content, string found)
    {
        using Workplace place = new();
        if (content is not null)
        {
            File.WriteAllBytes(place[name], content);
        }

        string model = place.Model(2, 2);
        string before = place.Contents();
        CommandRun.InProcess("train", "--data", place[name], "--hidden", "2", "--output", place["m"], "--images", place["i"]).Fails(1, place[name], found);
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--validation", place[name], "--hidden", "2", "--output", place["m"]).Fails(1, place[name], found);
        CommandRun.InProcess("evaluate", "--model", model, "--data", place[name]).Fails(1, place[name], found);
        CommandRun.InProcess("sample", "--model", model, "--start", "data", "--data", place[name], "--output", place["s.png"]).Fails(1, place[name], found);
        Assert.Equal(before, place.Contents());
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("corrupt")]
    [InlineData("directory")]
    public void A_bad_model_file_is_named_by_every_command_that_reads_models(string what)
    {
        using Workplace place = new();
        string path = place.Model(16, 2);
        byte[] bytes = File.ReadAllBytes(path);
        File.Delete(path);
        switch (what)
        {
            case "empty":
                File.WriteAllBytes(path, []);
                break;
            case "truncated":
                File.WriteAllBytes(path, bytes[..^1]);
                break;
            case "corrupt":
                bytes[8] = (byte)'[';
                File.WriteAllBytes(path, bytes);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
        }

        string before = place.Contents();
        CommandRun.InProcess("sample", "--model", path, "--output", place["s.npy"]).Fails(1, path);
        CommandRun.InProcess("evaluate", "--model", path, "--data", "bars-and-stripes").Fails(1, path);
        CommandRun.InProcess("enumerate", "--model", path).Fails(1, path);
        CommandRun.InProcess("inspect", "--model", path, "--images", place["i"]).Fails(1, path);
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--hidden", "2", "--output", place["m"], "--checkpoint", path, "--resume").Fails(1, path);
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public void Data_of_another_width_than_the_model_are_named_with_both_widths()
    {
        using Workplace place = new();
        string model = place.Model(9, 2);
        string before = place.Contents();
        CommandRun.InProcess("evaluate", "--model", model, "--data", "bars-and-stripes").Fails(1, "bars-and-stripes", "9", "16", model);
        CommandRun.InProcess("sample", "--model", model, "--start", "data", "--data", "bars-and-stripes", "--output", place["s.png"]).Fails(1, "bars-and-stripes", "9", "16");
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--validation", "xor", "--hidden", "2", "--output", place["m"]).Fails(1, "xor", "16", "3");
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_found_out_before_any_training()
    {
        using Workplace place = new();
        string model = place.Model(16, 2);
        Directory.CreateDirectory(place["folder"]);
        File.WriteAllText(place["locked"], "keep");
        File.SetAttributes(place["locked"], FileAttributes.ReadOnly);
        string before = place.Contents();
        string[] train = ["train", "--data", "bars-and-stripes", "--hidden", "2", "--epochs", "100000000"];
        foreach (string path in (string[])[place["none/m"], place["folder"], place["folder"] + "/", place["locked"], place["locked/m"]])
        {
            CommandRun.InProcess([.. train, "--output", path]).Fails(1, path);
            CommandRun.InProcess([.. train, "--output", place["m"], "--checkpoint", path]).Fails(1, path);
        }

        CommandRun.InProcess([.. train, "--output", place["m"], "--images", model]).Fails(1, model, "directory");
        CommandRun.InProcess("sample", "--model", model, "--output", place["none/s.png"]).Fails(1, place["none"]);
        Assert.Equal(before, place.Contents());
        File.SetAttributes(place["locked"], FileAttributes.Normal);
    }

    [Fact]
    public void A_device_is_no_output_and_stays_a_device()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        using Workplace place = new();
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--hidden", "2", "--epochs", "100000000", "--output", "/dev/full").Fails(1, "/dev/full", "device");
        Assert.Equal(FileAttributes.Normal, File.GetAttributes("/dev/full") & FileAttributes.Normal);
    }

    [Fact]
    public void Results_that_cannot_be_written_to_a_full_disk_are_a_failure()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "There is no /dev/full.");
        using FileStream full = new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        using StreamWriter output = new(full, bufferSize: 1 << 16);
        using StringWriter error = new() { NewLine = "\n" };
        int code = FastRbm.Cli.Application.Run(["enumerate"], new FastRbm.Cli.Terminal(output, error, showsProgress: false));
        new CommandRun(code, string.Empty, error.ToString()).Fails(1, "standard output", "space");
    }

    [Fact]
    public void An_output_that_is_also_an_input_is_refused()
    {
        using Workplace place = new();
        (string images, _, _) = place.Images(3);
        string model = place.Model(784, 2);
        string before = place.Contents();
        string[] train = ["train", "--hidden", "2", "--data", images];
        string indirect = Path.Combine(place.Folder, "..", Path.GetFileName(place.Folder), Path.GetFileName(images));
        CommandRun.InProcess([.. train, "--output", images]).Fails(2, "--output", "--data", images);
        CommandRun.InProcess([.. train, "--output", indirect]).Fails(2, "--output", "--data");
        CommandRun.InProcess([.. train, "--output", place["m"], "--checkpoint", images]).Fails(2, "--checkpoint", "--data");
        CommandRun.InProcess([.. train, "--output", place["m"], "--checkpoint", place["m"]]).Fails(2, "--output", "--checkpoint");
        CommandRun.InProcess([.. train, "--output", place["flat.npy"], "--validation", place["flat.npy"]]).Fails(2, "--output", "--validation");
        CommandRun.InProcess("sample", "--model", model, "--start", "data", "--data", place["flat.npy"], "--output", place["flat.npy"]).Fails(2, "--output", "--data");
        Assert.Equal(before, place.Contents());
    }

    [Fact]
    public void A_model_too_large_for_memory_is_a_clear_error()
    {
        using Workplace place = new();
        CommandRun.InProcess("train", "--data", "bars-and-stripes", "--hidden", "2000000000", "--output", place["m"]).Fails(1, "rbm: ");
    }
}
