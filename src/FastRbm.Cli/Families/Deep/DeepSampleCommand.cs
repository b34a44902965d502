using System.CommandLine;
using FastRbm.Cli.Options;
using FastRbm.Cli.Output;
using FastRbm.Cli.Running;
using FastRbm.Data;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;
using FastRbm.Sampling;
using FastRbm.Sampling.Deep;

namespace FastRbm.Cli.Families.Deep;

/// <summary>rbm sample of a deep model.</summary>
internal sealed class DeepSampleCommand
{
    private const int SweepsAtOnce = 20;

    private readonly Terminal _terminal;
    private readonly bool _boltzmann;
    private readonly Option<string> _model = CommonOptions.Model();
    private readonly Option<int> _count = OptionFactory.Integer("--count", "Chains, each giving one sample", 100, least: 1);
    private readonly Option<int> _steps = OptionFactory.Integer("--steps", "Gibbs steps of each chain; more for models that mix slowly", 1000, least: 1);
    private readonly Option<bool> _states = OptionFactory.Switch("--states", "Draw the sampled states instead of their means");
    private readonly Option<string> _output = OptionFactory.RequiredText(
        "--output", "A .png of the means that the last visible states were drawn from, or an .npy of the states, bytes", "file");

    private readonly Option<ulong> _seed = CommonOptions.Seed();
    private readonly Option<int?> _threads = CommonOptions.Threads();

    private DeepSampleCommand(Terminal terminal, bool boltzmann) => (_terminal, _boltzmann) = (terminal, boltzmann);

    /// <summary>Makes the command.</summary>
    public static Command Create(Terminal terminal, bool boltzmann)
    {
        DeepSampleCommand sample = new(terminal, boltzmann);
        string how = boltzmann ? "a deep Boltzmann machine, odd and even layers in turn" : "a deep belief network: chains of its topmost machine, then a pass down";
        Command command = new("sample", $"Draw samples from {how}.")
        {
            sample._model, sample._output, sample._count, sample._steps, sample._states, sample._seed, sample._threads,
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
        DeepModel model = DeepModel.Load(path, _boltzmann);
        using TerminationSignals signals = new();
        int count = parse.GetValue(_count);
        ulong seed = parse.GetValue(_seed);
        int threads = CommonOptions.ThreadsOf(parse, _threads);
        using ChainSet? joined = model.Boltzmann is { } machine ? new ChainSet(machine.Joined, count, seed, threads) : null;
        using DeepBeliefChains? belief = model.Belief is { } network ? new DeepBeliefChains(network, count, seed, threads) : null;
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

            int next = Math.Min(SweepsAtOnce, steps - done);
            joined?.Run(next);
            belief?.Run(next);
            int shown = done;
            bar.Show((double)done / steps, 0, () => $"step {Numbers.Text(shown)} of {Numbers.Text(steps)}");
        }

        bar.Clear();
        BitMatrix visible = belief?.Visible ?? VisibleOf(model.Boltzmann!, joined!);
        if (!picture)
        {
            NpyWriter.Write(output, Bytes(visible));
        }
        else if (parse.GetValue(_states))
        {
            Pictures.States(visible, model.Shape).SavePng(output);
        }
        else
        {
            Pictures.Means(belief?.Means ?? MeansOf(model.Boltzmann!, joined!), model.Shape).SavePng(output);
        }

        _terminal.Note($"the samples are saved in {output}.");
        return ExitCode.Done;
    }

    /// <summary>The visible states of chains of a deep Boltzmann machine.</summary>
    internal static BitMatrix VisibleOf(DeepBoltzmannMachine machine, ChainSet chains)
    {
        BitMatrix visible = new(chains.Chains, machine.Visible);
        machine.CopyLayer(0, chains.Visible, visible);
        return visible;
    }

    /// <summary>The means that they were drawn from.</summary>
    internal static Matrix MeansOf(DeepBoltzmannMachine machine, ChainSet chains)
    {
        Matrix all = new(chains.Chains, machine.Joined.Visible.Count);
        machine.Joined.MeanVisible(chains.Hidden, new RbmWorkspace(machine.Joined), all);
        Matrix means = new(chains.Chains, machine.Visible);
        for (int chain = 0; chain < chains.Chains; chain++)
        {
            all.Row(chain)[..machine.Visible].CopyTo(means.Row(chain));
        }

        return means;
    }

    private static byte[,] Bytes(BitMatrix states)
    {
        byte[,] bytes = new byte[states.Rows, states.Columns];
        for (int row = 0; row < states.Rows; row++)
        {
            for (int column = 0; column < states.Columns; column++)
            {
                bytes[row, column] = states[row, column] ? (byte)1 : (byte)0;
            }
        }

        return bytes;
    }
}
