using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Models.Boltzmann;
using FastRbm.Random;

namespace FastRbm.Sampling.Boltzmann;

/// <summary>States of many rows in the layout that a kind of sweeps works on. Rows come in items, which are swept independently.</summary>
internal abstract class BoltzmannRows
{
    protected BoltzmannRows(BoltzmannMachine machine, int rows)
    {
        Machine = machine;
        States = new BitMatrix(rows, machine.Units);
        Betas = new float[rows];
        Betas.AsSpan().Fill(1);
    }

    /// <summary>The machine.</summary>
    public BoltzmannMachine Machine { get; }

    /// <summary>The states, as of the last <see cref="Store"/>.</summary>
    public BitMatrix States { get; }

    /// <summary>An inverse temperature a row.</summary>
    public float[] Betas { get; }

    /// <summary>The vector width, for tests.</summary>
    public SimdLevel Level { get; set; } = SimdSelection.Current;

    /// <summary>The number of items.</summary>
    public abstract int Items { get; }

    /// <summary>The rows of an item.</summary>
    public abstract (int First, int End) RowsOf(int item);

    /// <summary>Follows changed parameters, before items are loaded again; on one thread.</summary>
    public abstract void UseWeights();

    /// <summary>Takes over an item's <see cref="States"/>.</summary>
    public abstract void Load(int item);

    /// <summary>Writes an item's <see cref="States"/>.</summary>
    public abstract void Store(int item);

    /// <summary>Follows an item's betas.</summary>
    public abstract void UseBetas(int item);

    /// <summary>One sweep of an item.</summary>
    public abstract void Sweep(int item, in RandomStream draws, in RandomStream ties, bool backwards);

    /// <summary>-E of an item's rows in units of 2^-BitScaleBits, of states after <see cref="Store"/>.</summary>
    public abstract void NegativeEnergies(int item, Span<long> energies);
}
