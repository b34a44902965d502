using FastRbm.Errors;
using FastRbm.Kernels.Activation;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Reduction;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models.Subspace;

/// <content>Energies, conditionals and samples of batches of rows.</content>
public sealed partial class SubspaceRbm
{
    /// <summary>E(x,h,S) of each row, in nats. States of subspace units under closed gates cost nothing.</summary>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="gates">h [rows, M].</param>
    /// <param name="subspaces">S [rows, K M].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="energies">An energy a row, written; computed in double from the float parameters.</param>
    public void Energy(BitMatrix visible, BitMatrix gates, BitMatrix subspaces, RbmWorkspace workspace, Span<double> energies)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckHidden(visible.Rows, gates, subspaces);
        Throw.IfLengthDiffers(energies.Length, visible.Rows, nameof(energies));
        Span<double> inputs = Inputs(workspace);
        for (int row = 0; row < visible.Rows; row++)
        {
            ExactInputs(visible.Row(row), inputs);
            double energy = -VisibleField(visible.Row(row));
            for (int gate = 0; gate < Gates; gate++)
            {
                if (!gates[row, gate])
                {
                    continue;
                }

                energy -= GateBias[gate];
                for (int k = 0; k < Subspaces; k++)
                {
                    int column = (k * Gates) + gate;
                    energy -= subspaces[row, column] ? inputs[column] : 0;
                }
            }

            energies[row] = energy;
        }
    }

    /// <summary>F(x) = -log sum over h and S of exp(-E(x,h,S)) of each row, in nats.</summary>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="freeEnergies">A free energy a row, written; computed in double from the float parameters.</param>
    public void FreeEnergy(BitMatrix visible, RbmWorkspace workspace, Span<double> freeEnergies) => Joint.FreeEnergy(visible, workspace, freeEnergies);

    /// <summary>p(h_j = 1 | x) of each row: the features. Subspace units are summed out.</summary>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, M], written.</param>
    public void MeanGates(BitMatrix visible, RbmWorkspace workspace, Matrix means)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckSize(means, visible.Rows, Gates, nameof(means));
        for (int row = 0; row < visible.Rows; row++)
        {
            Span<float> inputs = FloatInputs(visible.Row(row), workspace);
            Layer.Mean(inputs, inputs);
            inputs[Layer.FirstGate..].CopyTo(means.Row(row));
        }
    }

    /// <summary>p(s_jk = 1 | x, h_j) of each row: sigmoid(I_jk) under open gates, one half under closed ones.</summary>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="gates">h [rows, M].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, K M], written.</param>
    public void MeanSubspaces(BitMatrix visible, BitMatrix gates, RbmWorkspace workspace, Matrix means)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckStates(gates, Gates, nameof(gates));
        CheckSize(means, visible.Rows, Layer.FirstGate, nameof(means));
        Throw.IfLengthDiffers(gates.Rows, visible.Rows, nameof(gates));
        for (int row = 0; row < visible.Rows; row++)
        {
            Span<float> inputs = FloatInputs(visible.Row(row), workspace)[..Layer.FirstGate];
            Span<float> target = means.Row(row);
            ElementaryKernels.Sigmoid(SimdSelection.Current, inputs, target);
            for (int column = 0; column < target.Length; column++)
            {
                target[column] = gates[row, column % Gates] ? target[column] : 0.5f;
            }
        }
    }

    /// <summary>p(x_i = 1 | h,S) of each row.</summary>
    /// <param name="gates">h [rows, M].</param>
    /// <param name="subspaces">S [rows, K M].</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="means">Means [rows, D], written.</param>
    public void MeanVisible(BitMatrix gates, BitMatrix subspaces, RbmWorkspace workspace, Matrix means)
    {
        CheckHidden(means is null ? 0 : means.Rows, gates, subspaces);
        CheckSize(means!, gates.Rows, Visible, nameof(means));
        for (int row = 0; row < gates.Rows; row++)
        {
            Join(gates.Row(row), subspaces.Row(row), Bits(workspace, Layer.Count));
            Joint.InputsOfBits(toHidden: false, workspace, means!.Row(row));
            Joint.Visible.Mean(means.Row(row), means.Row(row));
        }
    }

    /// <summary>Draws h from p(h | x), row by row, with the subspace units summed out.</summary>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="gates">h [rows, M], written.</param>
    public void SampleGates(BitMatrix visible, RandomKey key, RbmWorkspace workspace, BitMatrix gates)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckStates(gates, Gates, nameof(gates));
        Throw.IfLengthDiffers(gates.Rows, visible.Rows, nameof(gates));
        for (int row = 0; row < visible.Rows; row++)
        {
            Span<float> inputs = FloatInputs(visible.Row(row), workspace);
            Span<ulong> bits = Bits(workspace, Layer.Count);
            Layer.SampleBits(inputs, Stream(key, StreamPurpose.HiddenSample, row), Stream(key, StreamPurpose.HiddenTie, row), bits);
            CopyRange(bits, Layer.FirstGate, Gates, gates.Row(row));
        }
    }

    /// <summary>Draws S from p(S | x,h), row by row: under closed gates by fair coins.</summary>
    /// <remarks>With the key that the gates were drawn with, the draws are others than theirs: one key serves a whole <see cref="GibbsStep"/>.</remarks>
    /// <param name="visible">x [rows, D].</param>
    /// <param name="gates">h [rows, M].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="subspaces">S [rows, K M], written.</param>
    public void SampleSubspaces(BitMatrix visible, BitMatrix gates, RandomKey key, RbmWorkspace workspace, BitMatrix subspaces)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckHidden(visible.Rows, gates, subspaces);
        for (int row = 0; row < visible.Rows; row++)
        {
            ReadOnlySpan<float> inputs = FloatInputs(visible.Row(row), workspace)[..Layer.FirstGate];
            Span<ulong> units = subspaces.Row(row);
            BernoulliRow.Sample(
                SimdSelection.Current, inputs, Stream(key, StreamPurpose.HiddenSample, row), Stream(key, StreamPurpose.HiddenTie, row), units);
            TossClosed(gates.Row(row), Stream(key, StreamPurpose.SubspaceCoin, row), units);
        }
    }

    /// <summary>Draws x from p(x | h,S), row by row.</summary>
    /// <param name="gates">h [rows, M].</param>
    /// <param name="subspaces">S [rows, K M].</param>
    /// <param name="key">Which random numbers: row r is chain r.</param>
    /// <param name="workspace">Scratch.</param>
    /// <param name="visible">x [rows, D], written.</param>
    public void SampleVisible(BitMatrix gates, BitMatrix subspaces, RandomKey key, RbmWorkspace workspace, BitMatrix visible)
    {
        CheckStates(visible, Visible, nameof(visible));
        CheckHidden(visible.Rows, gates, subspaces);
        for (int row = 0; row < visible.Rows; row++)
        {
            Join(gates.Row(row), subspaces.Row(row), Bits(workspace, Layer.Count));
            Span<float> inputs = workspace.OtherRow.AsSpan(0, Visible);
            Joint.InputsOfBits(toHidden: false, workspace, inputs);
            Joint.Visible.SampleBits(inputs, Stream(key, StreamPurpose.VisibleSample, row), Stream(key, StreamPurpose.VisibleTie, row), visible.Row(row));
        }
    }

    /// <summary>One sweep of block Gibbs sampling: h from p(h | x) with S summed out, S from p(S | x,h), x from p(x | h,S). Leaves p(x,h,S) as it is.</summary>
    /// <param name="visible">x [rows, D], replaced.</param>
    /// <param name="gates">h [rows, M], written.</param>
    /// <param name="subspaces">S [rows, K M], written.</param>
    /// <param name="key">Which random numbers; use a fresh step for every call.</param>
    /// <param name="workspace">Scratch.</param>
    public void GibbsStep(BitMatrix visible, BitMatrix gates, BitMatrix subspaces, RandomKey key, RbmWorkspace workspace)
    {
        SampleGates(visible, key, workspace, gates);
        SampleSubspaces(visible, gates, key, workspace, subspaces);
        SampleVisible(gates, subspaces, key, workspace, visible);
    }

    /// <summary>joint = [h_j s_jk in the order of the columns][h].</summary>
    internal void Join(ReadOnlySpan<ulong> gates, ReadOnlySpan<ulong> subspaces, Span<ulong> joint)
    {
        joint.Clear();
        for (int first = 0; first < Gates; first += 64)
        {
            int width = Math.Min(64, Gates - first);
            ulong open = gates[first >> 6];
            for (int k = 0; k < Subspaces; k++)
            {
                int column = (k * Gates) + first;
                BitRanges.Set(joint, column, width, open & BitRanges.Get(subspaces, column, width));
            }

            BitRanges.Set(joint, Layer.FirstGate + first, width, open);
        }
    }

    /// <summary>Copies a part of a row of packed bits to the beginning of another.</summary>
    internal static void CopyRange(ReadOnlySpan<ulong> bits, int first, int count, Span<ulong> destination)
    {
        for (int done = 0; done < count; done += 64)
        {
            destination[done >> 6] = BitRanges.Get(bits, first + done, Math.Min(64, count - done));
        }
    }

    /// <summary>Replaces the subspace units of closed gates by fair coins.</summary>
    internal void TossClosed(ReadOnlySpan<ulong> gates, in RandomStream coins, Span<ulong> subspaces)
    {
        for (int k = 0; k < Subspaces; k++)
        {
            for (int first = 0; first < Gates; first += 64)
            {
                int width = Math.Min(64, Gates - first);
                int column = (k * Gates) + first;
                long draw = 2L * ((k * (long)BitMatrix.WordsFor(Gates)) + (first >> 6));
                ulong coin = ((ulong)coins.Bits(draw) << 32) | coins.Bits(draw + 1);
                BitRanges.Keep(subspaces, column, width, gates[first >> 6]);
                BitRanges.Set(subspaces, column, width, coin & ~gates[first >> 6]);
            }
        }
    }

    private static RandomStream Stream(RandomKey key, StreamPurpose purpose, int row) => new(key.Seed, purpose, key.Step, row);

    private Span<float> FloatInputs(ReadOnlySpan<ulong> visible, RbmWorkspace workspace)
    {
        visible.CopyTo(Bits(workspace, Visible));
        Span<float> inputs = workspace.OtherRow.AsSpan(0, Layer.Count);
        Joint.InputsOfBits(toHidden: true, workspace, inputs);
        return inputs;
    }

    private Span<ulong> Bits(RbmWorkspace workspace, int units)
    {
        CheckWorkspace(workspace);
        return workspace.Bits.Row(0)[..BitMatrix.WordsFor(units)];
    }

    private Span<double> Inputs(RbmWorkspace workspace)
    {
        CheckWorkspace(workspace);
        return workspace.Inputs.AsSpan(0, Layer.Count);
    }

    /// <summary>I_jk in double from the float parameters; of gates' columns, c_j.</summary>
    private void ExactInputs(ReadOnlySpan<ulong> visible, Span<double> inputs)
    {
        for (int column = 0; column < inputs.Length; column++)
        {
            inputs[column] = Layer.Bias[column];
        }

        for (int i = 0; i < Visible; i++)
        {
            if ((visible[i >> 6] >> (i & 63) & 1) != 0)
            {
                RowSum.Add(Joint.WeightMatrix.Row(i), inputs);
            }
        }
    }

    private double VisibleField(ReadOnlySpan<ulong> visible)
    {
        double sum = 0;
        for (int i = 0; i < Visible; i++)
        {
            sum += (visible[i >> 6] >> (i & 63) & 1) != 0 ? VisibleBias[i] : 0;
        }

        return sum;
    }

    private void CheckHidden(int rows, BitMatrix gates, BitMatrix subspaces)
    {
        CheckStates(gates, Gates, nameof(gates));
        CheckStates(subspaces, Layer.FirstGate, nameof(subspaces));
        Throw.IfLengthDiffers(gates.Rows, rows, nameof(gates));
        Throw.IfLengthDiffers(subspaces.Rows, rows, nameof(subspaces));
    }

    private static void CheckStates(BitMatrix states, int units, string name)
    {
        ArgumentNullException.ThrowIfNull(states, name);
        if (states.Columns != units)
        {
            Throw.Argument(name, $"{units} units a row", $"{states.Columns}");
        }
    }

    private static void CheckSize(Matrix matrix, int rows, int columns, string name)
    {
        ArgumentNullException.ThrowIfNull(matrix, name);
        Throw.IfLengthDiffers(matrix.Rows, rows, name);
        Throw.IfLengthDiffers(matrix.Columns, columns, name);
    }

    private void CheckWorkspace(RbmWorkspace workspace)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        int units = Math.Max(Visible, Layer.Count);
        if (workspace.Units < units)
        {
            Throw.Argument(nameof(workspace), $"scratch for {units} units", $"{workspace.Units}");
        }
    }
}
