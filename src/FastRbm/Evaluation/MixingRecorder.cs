using System.Numerics;
using FastRbm.Kernels.Binary;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models;
using FastRbm.Sampling;

namespace FastRbm.Evaluation;

/// <summary>Writes the traces of chains while they run. Allocates nothing after construction.</summary>
/// <remarks>
/// The free energy is summed in double, in four chains of every fourth unit, from float softplus of the exact integer inputs: within
/// about 2^-24 of the sum of the absolute terms. The same bits for any threads and SIMD level.
/// </remarks>
internal sealed class MixingRecorder : ISweepObserver
{
    // Rows whose inputs are summed at once, so that a weight row is read once for all of them.
    private const int LargestBlock = 64;

    private readonly Rbm _rbm;
    private readonly ChainSet _chains;
    private readonly Scratch[] _scratch;
    private readonly int _block;

    /// <summary>Allocates traces.</summary>
    public MixingRecorder(Rbm rbm, ChainSet chains, MixingOptions options)
    {
        _rbm = rbm;
        _chains = chains;
        References = new BitMatrix(2, rbm.Visible.Count);
        Traces =
        [
            Trace("free_energy", 0), Trace("active_visible", 0), Trace("active_hidden", 0),
            Trace("overlap_1", options.WarmUp), Trace("overlap_2", options.WarmUp),
        ];
        int share = (chains.Chains + chains.Members - 1) / chains.Members;
        int blocks = (share + LargestBlock - 1) / LargestBlock;
        _block = (share + blocks - 1) / blocks;
        _scratch = new Scratch[chains.Members];
        for (int member = 0; member < _scratch.Length; member++)
        {
            _scratch[member] = new Scratch(rbm, _block);
        }

        MixingTrace Trace(string name, int skipped) => new(
            name, options.Chains, skipped + 1, options.Sweeps - skipped, new double[options.Chains * (options.Sweeps - skipped)]);
    }

    /// <summary>The traces.</summary>
    public MixingTrace[] Traces { get; }

    /// <summary>Two visible states that all chains are compared with after the warm-up: states of chains themselves.</summary>
    public BitMatrix References { get; }

    /// <inheritdoc/>
    public void AfterSweep(int member, int first, int end, long sweep)
    {
        for (; first < end; first += _block)
        {
            Record(_scratch[member], first, Math.Min(end, first + _block), sweep);
        }
    }

    private void Record(Scratch scratch, int first, int end, long sweep)
    {
        for (int chain = first; chain < end; chain++)
        {
            _chains.Visible.Row(chain).CopyTo(scratch.Visible.Row(chain - first));
        }

        _rbm.HiddenInputs(scratch.Visible, scratch.Workspace, scratch.Inputs);
        for (int chain = first; chain < end; chain++)
        {
            ReadOnlySpan<ulong> visible = _chains.Visible.Row(chain);
            Traces[0].Set(chain, sweep, -Field(visible) - SumOfSoftplus(scratch.Inputs.Row(chain - first)));
            Traces[1].Set(chain, sweep, _chains.Visible.CountOn(chain));
            Traces[2].Set(chain, sweep, _chains.Hidden.CountOn(chain));
            for (int reference = 0; reference < References.Rows && sweep >= Traces[3].FirstSweep; reference++)
            {
                int different = BitCounts.Different(visible, References.Row(reference));
                Traces[3 + reference].Set(chain, sweep, 1 - ((double)different / References.Columns));
            }
        }
    }

    private double Field(ReadOnlySpan<ulong> visible)
    {
        ReadOnlySpan<float> bias = _rbm.Visible.Bias;
        double sum = 0;
        for (int word = 0; word < visible.Length; word++)
        {
            for (ulong bits = visible[word]; bits != 0; bits &= bits - 1)
            {
                sum += bias[(word << 6) + BitOperations.TrailingZeroCount(bits)];
            }
        }

        return sum;
    }

    private static double SumOfSoftplus(Span<float> inputs)
    {
        ElementaryKernels.Softplus(SimdSelection.Current, inputs, inputs);
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int j = 0;
        for (; j < inputs.Length - 3; j += 4)
        {
            sum0 += inputs[j];
            sum1 += inputs[j + 1];
            sum2 += inputs[j + 2];
            sum3 += inputs[j + 3];
        }

        for (; j < inputs.Length; j++)
        {
            sum0 += inputs[j];
        }

        return (sum0 + sum1) + (sum2 + sum3);
    }

    /// <summary>What one thread needs. The states past the end of a last block are those of an earlier one: their inputs aren't read.</summary>
    private sealed class Scratch(Rbm rbm, int rows)
    {
        public BitMatrix Visible { get; } = new(rows, rbm.Visible.Count);

        public Matrix Inputs { get; } = new(rows, rbm.Hidden.Count);

        public RbmWorkspace Workspace { get; } = new(rbm);
    }
}
