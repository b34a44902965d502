using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models.Classification;
using FastRbm.Sampling.Classification;
using FastRbm.Serialization;

namespace FastRbm.Cli.Families.Classification;

/// <summary>rbm sample of a classification RBM.</summary>
internal sealed class ClassificationSampleCommand
{
    private const int SweepsAtOnce = 20;

    private readonly Terminal _terminal;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int?> _label = OptionFactory.OptionalInteger(
        "--label", "The class that all samples are of, held while the chains run [default: it runs freely with the rest]", least: 0);

    private readonly Option<bool> _everyClass = OptionFactory.Switch("--each-label", "Samples of every class in turn, held: chain c is of class c modulo the number of classes");
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of each chain; more for models that mix slowly", 1000, least: 1);
    private readonly Option<bool> _states = OptionFactory.Switch("--states", "Draw the sampled states instead of E[v | h]");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of E[v | h], the means that the last states were drawn from, or an .npy of the states, bytes, with the class as last column", "file");

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private ClassificationSampleCommand(Terminal terminal) => _terminal = terminal;

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal)
    {
        ClassificationSampleCommand sample = new(terminal);
        Command command = new("sample", "Draw samples from a classification RBM by Gibbs sampling, of a class or of all.")
        {
            sample._model, sample._output, sample._label, sample._everyClass, sample._count, sample._steps, sample._states, sample._seed, sample._threads,
        };
        command.SetAction(sample.Run);
        return command;
    }

    private int Run(ParseResult parse)
    {
        string output = parse.GetRequiredValue(_output);
        string path = parse.GetRequiredValue(_model);
        bool picture = OutputPath.IsPicture(output);
        OutputPath.RequireOther(_output.Name, output, _model.Name, path);
        OutputPath.RequireWritable(output);
        ClassificationRbm model = ClassificationFile.Load(path);
        int?[] labels = Labels(parse, model.Classes);
        using TerminationSignals signals = new();
        using ClassChains chains = new(model, labels, parse.GetValue(_seed), CommonOptions.ThreadsOf(parse, _threads));
        ProgressBar bar = new(_terminal);
        int steps = parse.GetValue(_steps);
        for (int done = 0; done < steps; done += SweepsAtOnce)
        {
            if (signals.Token.IsCancellationRequested)
            {
                bar.Clear();
                _terminal.Note($"{signals.What}; {output} isn't written.");
                return signals.ExitCode;
            }

            chains.Run(Math.Min(SweepsAtOnce, steps - done));
            int shown = done;
            bar.Show((double)done / steps, 0, () => $"step {Numbers.Text(shown)} of {Numbers.Text(steps)}");
        }

        bar.Clear();
        if (picture)
        {
            ImageShape shape = PictureShape.Of(ClassificationFile.LoadMetadata(path), model.Columns);
            Matrix rows = new(labels.Length, model.Columns);
            for (int chain = 0; chain < labels.Length; chain++)
            {
                if (parse.GetValue(_states))
                {
                    chains.CopyVisible(chain, rows.Row(chain));
                }
                else
                {
                    chains.CopyMeans(chain, rows.Row(chain));
                }
            }

            Pictures.Means(rows, shape).SavePng(output);
        }
        else
        {
            NpyWriter.Write(output, Bytes(chains, labels.Length, model.Columns));
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    private int?[] Labels(ParseResult parse, int classes)
    {
        int? label = parse.GetValue(_label);
        bool every = parse.GetValue(_everyClass);
        if (label is not null && every)
        {
            throw new UsageException($"{_everyClass.Name}: expected no {_label.Name} with it, found both.");
        }

        if (label >= classes)
        {
            throw new UsageException($"{_label.Name}: expected a class from 0 to {Numbers.Text(classes - 1)}, found {Numbers.Text(label.Value)}.");
        }

        return [.. Enumerable.Range(0, parse.GetValue(_count)).Select(chain => every ? chain % classes : label)];
    }

    private static byte[,] Bytes(ClassChains chains, int count, int columns)
    {
        byte[,] bytes = new byte[count, columns + 1];
        float[] states = new float[columns];
        for (int chain = 0; chain < count; chain++)
        {
            chains.CopyVisible(chain, states);
            for (int column = 0; column < columns; column++)
            {
                bytes[chain, column] = (byte)states[column];
            }

            bytes[chain, columns] = (byte)chains.Label(chain);
        }

        return bytes;
    }
}
