using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Models.Deep;

namespace FastRbm.Training.Deep;

/// <summary>The layer-wise start of a deep Boltzmann machine: RBMs trained one on the other and put together.</summary>
/// <remarks>
/// <para>In the deep machine a layer between two others gets its input from both. So the lowest RBM is trained with two copies of its visible
/// units, the topmost with two copies of its hidden units, and the weights of those between are halved: each layer then gets from each side
/// half of what it was trained with.</para>
/// <para>Copies are units of their own here, with the same starting weights, and their mean is taken in the end: the paper's ties, but that
/// copies are drawn apart, which halves the noise of the draws.</para>
/// <para>Source: Salakhutdinov and Hinton, "Deep Boltzmann machines" (2009), section 3.2 and figure 2.</para>
/// </remarks>
public static class DeepBoltzmannStart
{
    /// <summary>Trains the RBMs and puts them together.</summary>
    /// <param name="rows">The training data: values from 0 to 1.</param>
    /// <param name="hidden">Units of the hidden layers, upwards, at least two.</param>
    /// <param name="options">How each RBM is trained; see <see cref="DeepBeliefTrainer.Same"/>.</param>
    /// <param name="progress">Told after every update, on this thread; or null.</param>
    /// <param name="cancellation">Asked after every update; nothing is kept then.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">Fewer than two hidden layers, or as for <see cref="Trainer"/>.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="DivergenceException">The parameters of an RBM ran away.</exception>
    public static DeepBoltzmannMachine Train(
        IVisibleRows rows, IReadOnlyList<int> hidden, IReadOnlyList<TrainingOptions> options, IProgress<DeepBeliefProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(options);
        LayerSizes.Check([rows.Columns, .. hidden], leastHidden: 2);
        Throw.IfLengthDiffers(options.Count, hidden.Count, nameof(options));
        DeepRows.RequireMeans(rows, nameof(rows));
        List<Rbm> stack = [];
        IVisibleRows below = new TwiceRows(rows);
        for (int layer = 0; layer < hidden.Count; layer++)
        {
            bool top = layer == hidden.Count - 1;
            Rbm rbm = RbmInitializer.Normal(below, hidden[layer] * (top ? 2 : 1), options[layer].Seed);
            rbm.Edit((weights, _, _) =>
            {
                for (int i = 0; i < weights.Height; i++)
                {
                    Span<float> row = weights.GetRowSpan(i);
                    if (top)
                    {
                        row[..hidden[layer]].CopyTo(row[hidden[layer]..]);
                    }
                    else if (layer == 0 && i >= rows.Columns)
                    {
                        weights.GetRowSpan(i - rows.Columns).CopyTo(row);
                    }
                }
            });
            Run(rbm, below, options[layer], layer, hidden.Count, progress, cancellation);
            stack.Add(Folded(rbm, layer == 0 ? 2 : 1, top ? 2 : 1));
            below = top ? below : new LayerRows(rbm, below, options[layer].Threads, cancellation);
        }

        return DeepBoltzmannMachine.FromStack(stack);
    }

    private static void Run(
        Rbm rbm, IVisibleRows rows, TrainingOptions options, int layer, int layers, IProgress<DeepBeliefProgress>? progress, CancellationToken cancellation)
    {
        using Trainer trainer = new(rbm, rows, options);
        while (!trainer.IsFinished)
        {
            cancellation.ThrowIfCancellationRequested();
            int epoch = trainer.State.Epoch;
            trainer.Step();
            bool completed = trainer.State.Epoch != epoch;
            progress?.Report(new DeepBeliefProgress(
                layer, layers, epoch + 1, options.Epochs, trainer.State.Update, trainer.TotalUpdates, completed, completed ? trainer.Measure() : default));
        }
    }

    /// <summary>The machine of one copy: the mean of all.</summary>
    private static Rbm Folded(Rbm rbm, int visibleCopies, int hiddenCopies)
    {
        int visible = rbm.Visible.Count / visibleCopies;
        int hidden = rbm.Hidden.Count / hiddenCopies;
        Rbm one = Rbm.Binary(visible, hidden);
        one.Edit((weights, visibleBias, hiddenBias) =>
        {
            for (int i = 0; i < rbm.Visible.Count; i++)
            {
                visibleBias[i % visible] += rbm.Visible.Bias[i] / visibleCopies;
                for (int j = 0; j < rbm.Hidden.Count; j++)
                {
                    weights[i % visible, j % hidden] += rbm.WeightMatrix[i, j] / (visibleCopies * hiddenCopies);
                }
            }

            for (int j = 0; j < rbm.Hidden.Count; j++)
            {
                hiddenBias[j % hidden] += rbm.Hidden.Bias[j] / hiddenCopies;
            }
        });
        return one;
    }

    /// <summary>Each row twice, side by side.</summary>
    private sealed class TwiceRows(IVisibleRows rows) : IVisibleRows
    {
        public int Rows => rows.Rows;

        public int Columns => 2 * rows.Columns;

        public bool IsBinary => rows.IsBinary;

        public void CopyBits(int row, Span<ulong> destination)
        {
            destination.Clear();
            rows.CopyBits(row, destination[..BitMatrix.WordsFor(rows.Columns)]);
            LayerBits.Copy(destination, 0, destination, rows.Columns, rows.Columns);
        }

        public void CopyMeans(int row, Span<float> destination)
        {
            rows.CopyMeans(row, destination[..rows.Columns]);
            destination[..rows.Columns].CopyTo(destination[rows.Columns..]);
        }
    }
}
