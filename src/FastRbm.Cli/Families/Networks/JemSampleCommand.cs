using System.CommandLine;
using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models.Networks;
using FastRbm.Sampling.Networks;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Networks;

/// <summary>rbm sample of an energy network.</summary>
internal sealed class JemSampleCommand
{
    private const string Langevin = "langevin";
    private const string Metropolis = "mala";
    private const string FromNoise = "random";
    private const string FromData = "data";

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int?> _label = OptionFactory.OptionalInteger("--label", "The class that all samples are of [default: samples of the density of rows, whatever their class]", least: 0);
    private readonly Option<bool> _everyClass = OptionFactory.Switch("--each-label", "Samples of every class in turn: chain c is of class c modulo the number of classes");
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Langevin steps of each chain", JemPictures.Steps, least: 1);
    private readonly Option<string> _algorithm = OptionFactory.Choice("--algorithm", "Every step taken, as in training, or accepted and rejected so that the density is exact (mala)", Langevin, Langevin, Metropolis);
    private readonly Option<double?> _stepSize = OptionFactory.OptionalNumber("--langevin-step-size", "The step along the gradient [default: that of training; mala: 0.0001]");
    private readonly Option<double?> _noise = OptionFactory.OptionalNumber("--langevin-noise", "The standard deviation of a step's noise [default: that of training; mala: the root of twice the step size, always]");
    private readonly Option<string> _start = OptionFactory.Choice("--start", "Where chains start", FromNoise, FromNoise, FromData);
    private readonly Option<string?> _data = OptionFactory.Text("--data", "The rows for --start data: a name or a path", "name|path");
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "A .png, or an .npy of 4-byte floats as data have them", "file");
    private readonly Option<string?> _dataDirectory = CommonOptions.DataDirectory();
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private JemSampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        JemSampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from an energy network by Langevin dynamics, of a class or of all.")
        {
            sample._model, sample._output, sample._label, sample._everyClass, sample._count, sample._steps, sample._algorithm, sample._stepSize, sample._noise,
            sample._start, sample._data, sample._dataDirectory, sample._seed, sample._threads,
        };
        command.SetAction(sample.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string path = parse.GetRequiredValue(_model);
        string? data = parse.GetValue(_data);
        bool picture = OutputPath.IsPicture(output);
        if ((parse.GetValue(_start) == FromData) != (data is not null))
        {
            throw new UsageException(data is null ? "--start data: expected --data with it, found none." : "--data: expected --start data with it, found random.");
        }

        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireOther(_output.Name, output, _data.Name, data);
        OutputPath.RequireWritable(output);
        EnergyNetwork model = EnergyNetworkFile.Load(path);
        IReadOnlyDictionary<string, string> metadata = EnergyNetworkFile.LoadMetadata(path);
        using TerminationSignals signals = new();
        ProgressBar bar = new(_terminal);
        try
        {
            int count = parse.GetValue(_count);
            using LangevinChains chains = new(model, count, Options(parse, metadata), parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads));
            Prepare(parse, chains, path, data, signals.Token);
            int steps = parse.GetValue(_steps);
            chains.Run(steps, new Share(bar, steps), signals.Token);
            bar.Clear();
            if (parse.GetValue(_algorithm) == Metropolis)
            {
                _terminal.Note($"{Numbers.Text(100 * chains.AcceptanceRate, "F1")} % of the proposals were accepted.");
            }

            if (picture)
            {
                JemPictures.Mosaic(model, chains.States, PictureShape.Of(metadata, model.Columns)).SavePng(output);
            }
            else
            {
                Matrix values = new(count, model.Columns);
                for (int chain = 0; chain < count; chain++)
                {
                    model.ToData(chains.States.Row(chain), values.Row(chain));
                }

                NpyWriter.Write(output, (ReadOnlySpan2D<float>)values.AsSpan2D());
            }
        }
        catch (OperationCanceledException)
        {
            bar.Clear();
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    private void Prepare(ParseResult parse, LangevinChains chains, string path, string? data, CancellationToken cancellation)
    {
        int? label = parse.GetValue(_label);
        bool every = parse.GetValue(_everyClass);
        int classes = chains.Model.Classes;
        if (label is not null && every)
        {
            throw new UsageException($"{_everyClass.Name}: expected no {_label.Name} with it, found both.");
        }

        if (label >= classes)
        {
            throw new UsageException($"{_label.Name}: expected a class from 0 to {Numbers.Text(classes - 1)}, found {Numbers.Text(label.Value)}.");
        }

        Dataset? rows = data is null ? null : new DataSelection(_terminal, parse.GetValue(_dataDirectory)).Open(data, null, cancellation);
        if (rows is not null)
        {
            DataSelection.RequireWidth(rows, chains.Model.Columns, path);
        }

        for (int chain = 0; chain < chains.States.Rows; chain++)
        {
            if (every || label is not null)
            {
                chains.SetLabel(chain, (byte)(label ?? chain % classes));
            }

            if (rows is not null)
            {
                chains.Model.CopyState(rows, chain % rows.Rows, chains.States.Row(chain));
            }
        }
    }

    private LangevinOptions Options(ParseResult parse, IReadOnlyDictionary<string, string> metadata)
    {
        bool metropolis = parse.GetValue(_algorithm) == Metropolis;
        double step = parse.GetValue(_stepSize) ?? (metropolis ? 1e-4 : Saved(metadata, "langevin_step_size", 1));
        double noise = parse.GetValue(_noise) ?? (metropolis ? double.NaN : Saved(metadata, "langevin_noise", 0.01));
        return new LangevinOptions
        {
            Algorithm = metropolis ? LangevinAlgorithm.Metropolis : LangevinAlgorithm.Unadjusted,
            StepSize = step,
            Noise = noise,
            Clamp = metadata.GetValueOrDefault("langevin_clamp", "true") != "false",
        };
    }

    private static double Saved(IReadOnlyDictionary<string, string> metadata, string key, double fallback) =>
        double.TryParse(metadata.GetValueOrDefault(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : fallback;

    private sealed class Share(ProgressBar bar, int steps) : IProgress<double>
    {
        public void Report(double value) => bar.Show(value, 0, () => $"step {Numbers.Text((long)(value * steps))} of {Numbers.Text(steps)}");
    }
}
