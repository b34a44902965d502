using System.Globalization;
using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Kernels.Elementary;
using FastRbm.Kernels.Simd;
using FastRbm.Memory;
using FastRbm.Random;

namespace FastRbm.Models;

/// <summary>A layer of units of one kind: what a state costs, and how it is distributed given its input.</summary>
/// <remarks>
/// <para>Every kind has a linear field, the bias t, and may have more parameters: E(x) = -t.x + U(x). The input of a unit is
/// I = t + (sum of the weights from the other layer): the bias is part of it. Given its input a unit has the density
/// p(x | I) = exp(I x - U(x) - G(I)) with the cumulant generating function G(I) = log sum over x of exp(I x - U(x)).</para>
/// <para>All parameters of a layer are rows of one matrix, the bias first, and every value of a row is allowed, so that an optimiser
/// need not know the kind. Work is handed over by the row or by the batch, never by the unit. Safe to read from many threads.</para>
/// </remarks>
public abstract class UnitLayer
{
    private readonly string[] _parameterNames;
    private int _first;

    private protected UnitLayer(int count, params ReadOnlySpan<string> parameterNames)
    {
        Throw.IfLess(count, 1);
        Count = count;
        _parameterNames = parameterNames.ToArray();
        Parameters = new Matrix(parameterNames.Length, count);
    }

    /// <summary>What the states are.</summary>
    public abstract UnitKind Kind { get; }

    /// <summary>The kind and its constants, as files and the command line write it: "binary", "binomial:8", "potts:10,10,3".</summary>
    public abstract string Name { get; }

    /// <summary>The number of units: columns of a row of states.</summary>
    public int Count { get; }

    /// <summary>
    /// Whether states are kept as packed bits: of binary units the bit is the state, of spins 1 stands for up, of Potts units the bits
    /// are the one-hot columns.
    /// </summary>
    public abstract bool StatesAreBits { get; }

    /// <summary>The names of the parameters, one a row: "bias" first.</summary>
    public IReadOnlyList<string> ParameterNames => _parameterNames;

    /// <summary>The linear fields t.</summary>
    public ReadOnlySpan<float> Bias => Parameter(0);

    /// <summary>Whether a state may be any number, however large: weights between two such layers must not be too large.</summary>
    public virtual bool IsUnbounded => false;

    /// <summary>Whether the sum of a row's states, the length of a document, is given and kept.</summary>
    public virtual bool KeepsTotal => false;

    /// <summary>All parameters [kinds of parameter, units], the bias in row 0; of a part of a mixed layer, those of the whole layer.</summary>
    internal Matrix Parameters { get; private set; }

    /// <summary>One parameter of every unit.</summary>
    /// <param name="row">The number of the parameter, as in <see cref="ParameterNames"/>.</param>
    /// <returns>Count values.</returns>
    public ReadOnlySpan<float> Parameter(int row) => Parameters.Row(row).Slice(_first, Count);

    /// <summary>Sets a parameter that isn't the bias (which <see cref="Rbm.Edit"/> changes). Not while the model is in use.</summary>
    /// <param name="row">The number of the parameter, at least 1.</param>
    /// <param name="values">Count finite values.</param>
    /// <exception cref="ArgumentException">There is no such parameter, or the values aren't Count finite numbers.</exception>
    public void SetParameter(int row, ReadOnlySpan<float> values)
    {
        if (row < 1 || row >= _parameterNames.Length)
        {
            Throw.OutOfRange(nameof(row), $"a number from 1 to {_parameterNames.Length - 1} of a {Name} layer", row);
        }

        CheckRow(values.Length, nameof(values));
        for (int unit = 0; unit < values.Length; unit++)
        {
            if (!float.IsFinite(values[unit]))
            {
                Throw.Argument(nameof(values), "finite values", string.Create(CultureInfo.InvariantCulture, $"{values[unit]} at unit {unit}"));
            }
        }

        values.CopyTo(MutableParameter(row));
    }

    /// <summary>E(x) = -t.x + U(x) of one row of states, in double.</summary>
    /// <param name="states">Count states.</param>
    /// <returns>The energy in nats.</returns>
    public abstract double Energy(ReadOnlySpan<float> states);

    /// <summary>G(I) summed over the units, in double; of word counts, of a document of one word.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <returns>A number of nats.</returns>
    public abstract double CumulantGenerating(ReadOnlySpan<double> inputs);

    /// <summary>The mean of every unit given its input; of word counts, in a document of one word.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="means">Count means, written; may be the inputs.</param>
    public abstract void Mean(ReadOnlySpan<float> inputs, Span<float> means);

    /// <summary>The variance of every unit given its input; of word counts, in a document of one word.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="variances">Count variances, written; may be the inputs.</param>
    public abstract void Variance(ReadOnlySpan<float> inputs, Span<float> variances);

    /// <summary>The most likely state of every unit given its input; of word counts, in a document of one word.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="states">Count states, written; may be the inputs.</param>
    public abstract void Mode(ReadOnlySpan<float> inputs, Span<float> states);

    /// <summary>-dE/d(parameter) at a state: row r of the result belongs to parameter r; row 0 is the state itself.</summary>
    /// <param name="states">Count states.</param>
    /// <param name="statistics">[parameters, Count], written.</param>
    public virtual void Statistics(ReadOnlySpan<float> states, Span2D<float> statistics)
    {
        CheckRow(states.Length, nameof(states));
        states.CopyTo(statistics.GetRowSpan(0));
    }

    /// <summary>The mean of -dE/d(parameter) given the inputs, which is dG/d(parameter); row 0 is the mean of the state.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="statistics">[parameters, Count], written; not the inputs.</param>
    public virtual void MeanStatistics(ReadOnlySpan<float> inputs, Span2D<float> statistics) => Mean(inputs, statistics.GetRowSpan(0));

    /// <summary>Refuses states that units of this kind can't have.</summary>
    /// <param name="states">Count numbers.</param>
    /// <param name="name">What they are called in the message.</param>
    /// <param name="place">Where the row is: "row 17".</param>
    /// <exception cref="ArgumentException">A value is no state; the message names the column and what was expected.</exception>
    public void Check(ReadOnlySpan<float> states, string name, string place)
    {
        CheckRow(states.Length, name);
        CheckStates(states, name, place, 0);
    }

    /// <summary>Refuses states that units of this kind can't have.</summary>
    /// <param name="states">Count numbers.</param>
    /// <param name="name">What they are called in the message.</param>
    /// <param name="place">Where the row is.</param>
    /// <param name="column">The column of the first of them.</param>
    internal abstract void CheckStates(ReadOnlySpan<float> states, string name, string place, int column);

    /// <summary>G(I) of a row with a given total.</summary>
    internal virtual double CumulantGenerating(ReadOnlySpan<double> inputs, double total) => CumulantGenerating(inputs);

    /// <summary>The means of a row with a given total.</summary>
    internal virtual void Mean(ReadOnlySpan<float> inputs, double total, Span<float> means) => Mean(inputs, means);

    /// <summary>Draws a state of every unit given its input.</summary>
    /// <param name="inputs">Count inputs, biases included.</param>
    /// <param name="total">The sum of the states, where it is given; else of no meaning.</param>
    /// <param name="draws">The row's stream.</param>
    /// <param name="ties">The row's stream for draws that the first bits don't decide.</param>
    /// <param name="states">Count states, written; may be the inputs.</param>
    internal abstract void Sample(ReadOnlySpan<float> inputs, double total, in RandomStream draws, in RandomStream ties, Span<float> states);

    /// <summary>Draws a row of packed bits. The same states as <see cref="Sample"/>; only where states are bits.</summary>
    internal virtual void SampleBits(ReadOnlySpan<float> inputs, in RandomStream draws, in RandomStream ties, Span<ulong> bits) =>
        throw new NotSupportedException($"{Name}: expected units whose states are bits.");

    /// <summary>Turns packed bits into states. Only where states are bits.</summary>
    internal virtual void FromBits(ReadOnlySpan<ulong> bits, Span<float> states)
    {
        for (int unit = 0; unit < states.Length; unit++)
        {
            states[unit] = bits[unit >> 6] >> (unit & 63) & 1;
        }
    }

    /// <summary>Turns states into packed bits; pad bits are zero. Only where states are bits.</summary>
    internal virtual void ToBits(ReadOnlySpan<float> states, Span<ulong> bits)
    {
        bits.Clear();
        for (int unit = 0; unit < states.Length; unit++)
        {
            bits[unit >> 6] |= (states[unit] > 0 ? 1UL : 0) << (unit & 63);
        }
    }

    /// <summary>The first of the units that a sparsity target is for.</summary>
    internal virtual int FirstSparse => 0;

    /// <summary>Whether bits are drawn one by one: those of binary units and spins.</summary>
    internal virtual bool BitsAreIndependent => false;

    /// <summary>
    /// fixedMeans[tile][row][64] = round(mean of the bit * scale) for one row; bits past the end get 0. Only where states are bits.
    /// </summary>
    internal virtual unsafe void FixedMeans(ReadOnlySpan<float> inputs, float scale, int* means, int rows, int row) =>
        throw new NotSupportedException($"{Name}: expected units whose states are bits.");

    /// <summary>The number of joint states of the layer; infinite when they can't be counted.</summary>
    internal virtual double JointStates => double.PositiveInfinity;

    /// <summary>One of the joint states. Only where they can be counted.</summary>
    /// <param name="number">From 0 to JointStates - 1.</param>
    /// <param name="states">Count states, written.</param>
    internal virtual void JointState(long number, Span<float> states) =>
        throw new NotSupportedException($"{Name}: expected units with finitely many states.");

    /// <summary>
    /// The smallest curvature of U of each unit: U(x) grows at least as half of it times x^2. 0 where states are bounded.
    /// </summary>
    internal virtual void Curvatures(Span<double> curvatures) => curvatures.Clear();

    /// <summary>
    /// Adds what <see cref="FinishStatistics"/> makes the weighted sum of <see cref="Statistics"/> from, beyond row 0: whatever depends on
    /// the states alone. May change the scratch.
    /// </summary>
    /// <param name="states">Count states.</param>
    /// <param name="weight">The row's weight.</param>
    /// <param name="scratch">[parameters, Count].</param>
    /// <param name="sums">[parameters, Count]; rows from 1 on are added to.</param>
    internal virtual void AddStatistics(ReadOnlySpan<float> states, float weight, Span2D<float> scratch, Span2D<float> sums)
    {
        Statistics(states, scratch);
        for (int row = 1; row < sums.Height; row++)
        {
            FloatRows.AddMultiple(scratch.GetRowSpan(row), weight, sums.GetRowSpan(row));
        }
    }

    /// <summary>Makes sums that <see cref="AddStatistics"/> has added up, and others, sums of statistics.</summary>
    internal virtual void FinishStatistics(Span2D<float> sums)
    {
    }

    /// <summary>Whether a parameter only says how a unit is scaled, so that a hidden layer need not learn it.</summary>
    internal virtual bool IsScale(int row) => false;

    /// <summary>
    /// From the gradient of the parameters to that about an offset m of the states: what it would be if the energy were written with
    /// x - m. Only kinds with a shift do something.
    /// </summary>
    /// <param name="offsets">m.</param>
    /// <param name="fieldGradient">The gradient of the biases.</param>
    /// <param name="gradient">The gradient of all parameters [parameters, Count], changed.</param>
    internal virtual void CentreGradient(ReadOnlySpan<float> offsets, ReadOnlySpan<float> fieldGradient, Span2D<float> gradient)
    {
    }

    /// <summary>Adds steps to a parameter; the bias follows so that the distribution about the offsets stays where it is.</summary>
    /// <param name="row">The parameter.</param>
    /// <param name="steps">A step a unit.</param>
    /// <param name="offsets">m, or empty for 0.</param>
    /// <param name="largestPrecisions">Logarithms of the largest precisions, or empty for no limit.</param>
    internal virtual void MoveParameter(int row, ReadOnlySpan<float> steps, ReadOnlySpan<float> offsets, ReadOnlySpan<float> largestPrecisions)
    {
        Span<float> values = MutableParameter(row);
        for (int unit = 0; unit < values.Length; unit++)
        {
            values[unit] += steps[unit];
            if (IsScale(row) && !largestPrecisions.IsEmpty)
            {
                values[unit] = Math.Min(values[unit], largestPrecisions[unit]);
            }
        }
    }

    /// <summary>Sets the parameters such that units without weights have about the given means and variances.</summary>
    /// <param name="means">The mean of each unit.</param>
    /// <param name="variances">Its variance; 0 counts as 1.</param>
    /// <param name="rows">How many observations they are from: means of bounded units are moved as if there were one more of each extreme.</param>
    internal abstract void Match(ReadOnlySpan<double> means, ReadOnlySpan<double> variances, double rows);

    /// <summary>One parameter of every unit, to be written.</summary>
    internal Span<float> MutableParameter(int row) => Parameters.Row(row).Slice(_first, Count);

    /// <summary>Makes this layer a part of another one: its parameters are copied there, and live there from now on.</summary>
    internal void MoveTo(Matrix parameters, int first)
    {
        for (int row = 0; row < _parameterNames.Length; row++)
        {
            Parameter(row).CopyTo(parameters.Row(row).Slice(first, Count));
        }

        Parameters = parameters;
        _first = first;
    }

    private protected void CheckRow(int length, string name) => Throw.IfLengthDiffers(length, Count, name);

    private protected static void Refuse(string name, string expected, float found, string place, int column) =>
        Throw.Argument(name, expected, string.Create(CultureInfo.InvariantCulture, $"{found} at {place}, column {column}"));

    /// <summary>-t.x: what every kind's energy has.</summary>
    private protected double LinearEnergy(ReadOnlySpan<float> states)
    {
        CheckRow(states.Length, nameof(states));
        double energy = 0;
        ReadOnlySpan<float> bias = Bias;
        for (int unit = 0; unit < states.Length; unit++)
        {
            energy -= (double)bias[unit] * states[unit];
        }

        return energy;
    }

    private protected static SimdLevel Level => SimdSelection.Current;
}
