using FastRbm.Errors;
using FastRbm.Models;
using FastRbm.Models.Subspace;

namespace FastRbm.Training.Subspace;

/// <summary>Trains a subspace RBM by contrastive divergence, persistent or not.</summary>
/// <remarks>
/// <para>The gradient of the log-likelihood is that of the data less that of the model of
/// dW_ijk: x_i p(h_j = 1 | x) sigmoid(I_jk), dD_jk: the same without x_i, dc_j: p(h_j = 1 | x), db_i: x_i. Products h_j s_jk are bits, so the
/// model is an RBM between x and a layer of such bits (<see cref="SubspaceRbm"/>), and this trains that one: the sweeps, statistics and step are
/// those of <see cref="Trainer"/>, and so is all that it promises. Weights of gates' own columns are held at 0.</para>
/// <para>Not thread-safe; the model must not be edited while its trainer is in use. Dispose it to end its threads.</para>
/// <para>Source: Tomczak and Gonczarek (2017), equations 13 to 17.</para>
/// </remarks>
public sealed class SubspaceTrainer : IDisposable
{
    /// <summary>Prepares a run from the model's present parameters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">The training data.</param>
    /// <param name="options">The options: algorithms are CD and PCD, and the weight mask is empty. A sparsity target is that of
    /// gates; offsets of centring are those of the bits h_j s_jk.</param>
    /// <param name="validation">Rows for the free-energy gap, or null.</param>
    /// <exception cref="ArgumentException">The data's width isn't the model's, an option is out of its range or not for this model, or values
    /// are missing that may not be.</exception>
    public SubspaceTrainer(SubspaceRbm model, IVisibleRows rows, TrainingOptions options, IVisibleRows? validation = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Options = options;
        Inner = new Trainer(model.Joint, rows, OptionsOf(model, options), validation);
    }

    private SubspaceTrainer(SubspaceRbm model, TrainingOptions options, Trainer inner)
    {
        Model = model;
        Options = options;
        Inner = inner;
    }

    /// <summary>The model that is trained.</summary>
    public SubspaceRbm Model { get; }

    /// <summary>The options of the run.</summary>
    public TrainingOptions Options { get; }

    /// <summary>Completed epochs, rows done in the present one, and completed updates.</summary>
    public TrainerState State => Inner.State;

    /// <summary>Updates in an epoch: ceil(rows / batch size).</summary>
    public int UpdatesPerEpoch => Inner.UpdatesPerEpoch;

    /// <summary>Updates in the whole run.</summary>
    public long TotalUpdates => Inner.TotalUpdates;

    /// <summary>Whether all epochs are done.</summary>
    public bool IsFinished => Inner.IsFinished;

    /// <summary>The run over the joint model.</summary>
    internal Trainer Inner { get; }

    /// <summary>Trains until all epochs are done.</summary>
    /// <param name="progress">Told after every update, on this thread, and with figures after every epoch; or null.</param>
    /// <param name="cancellation">Asked after every update.</param>
    /// <exception cref="OperationCanceledException">Cancelled: the state is that after the last completed update, ready to be
    /// saved or run on.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the model is back at its last good state.</exception>
    public void Run(IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) => Inner.Run(progress, cancellation);

    /// <summary>Runs one update: the next minibatch. Allocates nothing.</summary>
    /// <exception cref="InvalidOperationException">All epochs are done.</exception>
    /// <exception cref="DivergenceException">The parameters ran away: the model is back at its last good state.</exception>
    public void Step() => Inner.Step();

    /// <summary>Measures the figures of an epoch now.</summary>
    /// <returns>What was measured; the same for the same model and epoch.</returns>
    public TrainingFigures Measure() => Inner.Measure();

    /// <summary>Ends the threads.</summary>
    public void Dispose() => Inner.Dispose();

    /// <summary>Takes over a run that was resumed with <see cref="OptionsOf"/>.</summary>
    internal static SubspaceTrainer Of(SubspaceRbm model, TrainingOptions options, Trainer inner) => new(model, options, inner);

    /// <summary>The options of the run over the joint model.</summary>
    internal static TrainingOptions OptionsOf(SubspaceRbm model, TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.WeightMask.IsEmpty)
        {
            Throw.Argument("weight mask", "none for a subspace RBM", $"{options.WeightMask.Length} values");
        }

        return options with { WeightMask = model.WeightMask() };
    }
}
