using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Deep;

namespace FastRbm.Training.Deep;

/// <summary>Trains the machines of a deep belief network one after the other, each on hidden states of the one below it.</summary>
/// <remarks>
/// <para>Each machine is trained by a <see cref="Trainer"/> of its own, the rows of the next one being the hidden means of the trained one (see
/// <see cref="LayerRows"/>); a network whose lower machines are good gains by each more one a better bound on the likelihood.</para>
/// <para>The same seed, data and options give the same network to the bit, whatever the threads and the vector width, and also when the run
/// was saved and resumed. An update allocates nothing but where one machine follows another. Not thread-safe; dispose it to end its threads.</para>
/// <para>Source: Hinton, Osindero and Teh, "A fast learning algorithm for deep belief nets" (2006), section 4.</para>
/// </remarks>
public sealed class DeepBeliefTrainer : IDisposable
{
    private readonly IVisibleRows _data;

    /// <summary>Prepares a run: the machine that is trained first gets starting values, the others when their turn comes.</summary>
    /// <param name="network">The network. Machines below the first that is trained are taken as trained.</param>
    /// <param name="rows">The training data: values from 0 to 1.</param>
    /// <param name="options">How each machine is trained, one for each; see <see cref="Same"/>. Contrastive divergence, persistent or not.</param>
    /// <param name="firstMachine">The machine to begin with, from 0.</param>
    /// <exception cref="ArgumentException">Widths differ, or an option is out of its range.</exception>
    public DeepBeliefTrainer(DeepBeliefNetwork network, IVisibleRows rows, IReadOnlyList<TrainingOptions> options, int firstMachine = 0)
        : this(network, rows, options, firstMachine, null)
    {
    }

    /// <summary>Goes on with a machine whose trainer stands somewhere in its run, or begins it.</summary>
    internal DeepBeliefTrainer(
        DeepBeliefNetwork network, IVisibleRows rows, IReadOnlyList<TrainingOptions> options, int firstMachine, Func<Rbm, IVisibleRows, Trainer>? resume)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(options);
        if (rows.Columns != network.Layers[0])
        {
            Throw.Argument(nameof(rows), $"rows of {network.Layers[0]} values, the network's visible units", $"{rows.Columns}");
        }

        Throw.IfLengthDiffers(options.Count, network.Machines.Count, nameof(options));
        foreach (TrainingOptions each in options)
        {
            each.Validate(rows.Rows);
            if (each.Algorithm is not (TrainingAlgorithm.ContrastiveDivergence or TrainingAlgorithm.PersistentContrastiveDivergence))
            {
                Throw.Argument(nameof(options), "contrastive divergence, persistent or not", each.Algorithm.ToString());
            }
        }

        if (firstMachine < 0 || firstMachine > network.Machines.Count)
        {
            Throw.OutOfRange(nameof(firstMachine), $"0 to {network.Machines.Count}", firstMachine);
        }

        PartialRows.RequireComplete(rows, nameof(rows));
        DeepRows.RequireMeans(rows, nameof(rows));
        Network = network;
        Options = [.. options];
        _data = rows;
        Rows = rows;
        for (int below = 0; below < Math.Min(firstMachine, network.Machines.Count - 1); below++)
        {
            Rows = new LayerRows(network.Machines[below], Rows, options[below].Threads);
        }

        Machine = firstMachine;
        if (resume is not null)
        {
            Inner = resume(network.Machines[Machine], Rows);
        }
        else if (!IsFinished)
        {
            Begin();
        }
    }

    /// <summary>The network that is trained.</summary>
    public DeepBeliefNetwork Network { get; }

    /// <summary>How each machine is trained.</summary>
    public IReadOnlyList<TrainingOptions> Options { get; }

    /// <summary>The machine that is trained, from 0; the number of machines when all are done.</summary>
    public int Machine { get; private set; }

    /// <summary>Whether all machines are done.</summary>
    public bool IsFinished => Machine == Network.Machines.Count;

    /// <summary>The rows that the present machine is trained on.</summary>
    public IVisibleRows Rows { get; private set; }

    /// <summary>The trainer of the present machine; null when all are done.</summary>
    internal Trainer? Inner { get; private set; }

    /// <summary>Options for all machines by those of the lowest: the others take fresh hidden states, and each has a seed of its own.</summary>
    /// <param name="lowest">The options of the lowest machine.</param>
    /// <param name="machines">The number of machines, at least 1.</param>
    /// <returns>A list of as many.</returns>
    public static IReadOnlyList<TrainingOptions> Same(TrainingOptions lowest, int machines)
    {
        ArgumentNullException.ThrowIfNull(lowest);
        Throw.IfLess(machines, 1);
        return
        [
            lowest,
            .. Enumerable.Range(1, machines - 1).Select(machine => lowest with { Binarization = Binarization.Sample, Seed = unchecked(lowest.Seed + (ulong)machine) }),
        ];
    }

    /// <summary>Trains until all machines are done.</summary>
    /// <param name="progress">Told after every update, on this thread; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update.</exception>
    /// <exception cref="DivergenceException">The parameters of a machine ran away: it is back at its last good state.</exception>
    public void Run(IProgress<DeepBeliefProgress>? progress = null, CancellationToken cancellation = default)
    {
        while (!IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            Trainer trainer = Inner!;
            int machine = Machine;
            int epoch = trainer.State.Epoch;
            trainer.Step();
            bool completed = trainer.State.Epoch != epoch;
            progress?.Report(new DeepBeliefProgress(
                machine, Network.Machines.Count, epoch + 1, trainer.Options.Epochs, trainer.State.Update, trainer.TotalUpdates, completed,
                completed ? trainer.Measure() : default));
            Follow();
        }
    }

    /// <summary>Runs one update of the present machine; after its last one, the next machine begins.</summary>
    /// <exception cref="InvalidOperationException">All machines are done.</exception>
    /// <exception cref="DivergenceException">The parameters of the machine ran away: it is back at its last good state.</exception>
    public void Step()
    {
        if (IsFinished)
        {
            throw new InvalidOperationException("step: expected an unfinished run, found all machines done.");
        }

        Inner!.Step();
        Follow();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => Inner?.Dispose();

    private void Follow()
    {
        if (!Inner!.IsFinished)
        {
            return;
        }

        Inner.Dispose();
        Inner = null;
        Machine++;
        if (IsFinished)
        {
            Rows = _data;
            return;
        }

        Rows = new LayerRows(Network.Machines[Machine - 1], Rows, Options[Machine].Threads);
        Begin();
    }

    private void Begin()
    {
        Rbm machine = Network.Machines[Machine];
        Rbm start = RbmInitializer.Normal(Rows, machine.Hidden.Count, Options[Machine].Seed);
        machine.Edit((weights, visibleBias, hiddenBias) =>
        {
            start.Weights.CopyTo(weights);
            start.Visible.Bias.CopyTo(visibleBias);
            start.Hidden.Bias.CopyTo(hiddenBias);
        });
        Inner = new Trainer(machine, Rows, Options[Machine]);
    }
}
