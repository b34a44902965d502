using System.CommandLine;
using CommunityToolkit.HighPerformance;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Evaluation.Hopfield;
using FastRbm.Memory;
using FastRbm.Models.Hopfield;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Hopfield;

/// <summary>rbm sample of a Hopfield network: where random states end up.</summary>
internal sealed class HopfieldSampleCommand
{
    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Random states to start from, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "The most sweeps of each", 1000, least: 1);
    private readonly Option<string> _output = OptionFactory.RequiredText("--output", "A .png or an .npy of the states that they end in", "file");
    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    private HopfieldSampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        HopfieldSampleCommand sample = new(terminal);
        Command command = new("sample", "Start a Hopfield network at random states and show the attractors that it falls into, units one by one in random order.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._seed, sample._threads, sample._json,
        };
        command.SetAction(sample.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string path = parse.GetRequiredValue(_model);
        string output = parse.GetRequiredValue(_output);
        bool isPicture = OutputPath.IsPicture(output);
        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireWritable(output);
        int threads = CommonOptions.ThreadsOf(parse, _threads);
        using HopfieldMemory memory = HopfieldMemory.Load(path, threads);
        using TerminationSignals signals = new();
        try
        {
            Matrix states = RandomStates(parse.GetValue(_count), memory.Units, parse.GetValue(_seed));
            RecallOptions options = new()
            {
                Mode = RecallMode.Asynchronous,
                Order = RecallOrder.Random,
                MostSweeps = parse.GetValue(_steps),
                Seed = parse.GetValue(_seed),
                Threads = threads,
            };
            ProbeEnd[] ends = memory.Recall(states, options, null, signals.Token);
            if (isPicture)
            {
                Pictures.Means(states, PictureShape.Of(HopfieldFile.LoadMetadata(path), memory.Units)).SavePng(output);
            }
            else
            {
                NpyWriter.Write(output, (ReadOnlySpan2D<float>)states.AsSpan2D());
            }

            FigureTable figures = new();
            figures.Add("samples", ends.Length);
            figures.Add("settled", ends.Average(static end => end.Outcome == RecallOutcome.Settled ? 1.0 : 0));
            figures.Add("stored_patterns", memory.Patterns == 0 ? null : ends.Average(static end => end.Overlap > 1 - 1e-9 ? 1.0 : 0));
            figures.Add("mean_energy", ends.Average(static end => (double)end.Energy));
            if (parse.GetValue(_json))
            {
                JsonLine.Write(_terminal.Output, figures.WriteJson);
            }
            else
            {
                figures.WriteText(_terminal.Output);
            }
        }
        catch (OperationCanceledException)
        {
            _terminal.Note($"{signals.What}; {output} isn't written.");
            return signals.ExitCode;
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    /// <summary>Each unit on with probability one half.</summary>
    private static Matrix RandomStates(int count, int units, ulong seed)
    {
        BitMatrix bits = RandomPatterns.Draw(count, units, seed);
        Matrix states = new(count, units);
        for (int row = 0; row < count; row++)
        {
            for (int unit = 0; unit < units; unit++)
            {
                states[row, unit] = bits[row, unit] ? 1 : 0;
            }
        }

        return states;
    }
}
