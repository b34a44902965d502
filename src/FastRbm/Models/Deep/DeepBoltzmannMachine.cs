using CommunityToolkit.HighPerformance;
using FastRbm.Errors;
using FastRbm.Memory;
using FastRbm.Models.Networks;

namespace FastRbm.Models.Deep;

/// <summary>
/// A deep Boltzmann machine of binary layers x_0 = v, x_1, ..., x_L, L at least 2, each coupled to its neighbours:
/// E(x) = -sum_l b_l.x_l - sum_l x_l' W_l x_(l+1).
/// </summary>
/// <remarks>
/// <para>Given the layers of even number, those of odd number are independent, and the other way round. So the machine is held as a
/// restricted Boltzmann machine, <see cref="Joined"/>, of the even layers side by side against the odd ones, in which layers that aren't
/// neighbours have weights of zero:</para>
/// <code>
///              odd:  h1      h3
///   even:  v      [  W0      0   ]
///          h2     [  W1'     W2  ]       two hidden layers: no zeros at all
/// </code>
/// <para>Everything that works on bits of a binary RBM works on it: exact integer sums, chains, tempering, annealing with all odd layers
/// summed out. With three or more hidden layers the sums go over the zeros too.</para>
/// <para>Reading from many threads is safe, editing is not.</para>
/// <para>Source: Salakhutdinov and Hinton, "Deep Boltzmann machines" (2009), equations 9 to 12.</para>
/// </remarks>
public sealed class DeepBoltzmannMachine
{
    private readonly int[] _layers;
    private readonly int[] _starts;
    private Network? _classifier;

    /// <summary>Makes a machine whose parameters are all zero.</summary>
    /// <param name="layers">Units of the visible layer, then of at least two hidden layers, upwards.</param>
    /// <exception cref="ArgumentException">There are fewer than three layers.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A layer has no units.</exception>
    public DeepBoltzmannMachine(IReadOnlyList<int> layers)
    {
        _layers = LayerSizes.Check(layers, leastHidden: 2);
        _starts = new int[_layers.Length];
        int[] sides = new int[2];
        for (int layer = 0; layer < _layers.Length; layer++)
        {
            _starts[layer] = sides[layer & 1];
            sides[layer & 1] = checked(sides[layer & 1] + _layers[layer]);
        }

        Joined = Rbm.Binary(sides[0], sides[1]);
    }

    /// <summary>Units of the layers: the visible one, then the hidden ones, upwards.</summary>
    public IReadOnlyList<int> Layers => _layers;

    /// <summary>The number of visible units.</summary>
    public int Visible => _layers[0];

    /// <summary>The even layers, side by side, as visible units against the odd ones as hidden units. Change it by <see cref="SetWeights"/> and <see cref="SetBias"/> only.</summary>
    public Rbm Joined { get; }

    /// <summary>A classifier of <see cref="PosteriorRows"/> that was trained from this machine's features, or null.</summary>
    /// <exception cref="ArgumentException">Set to one whose inputs aren't the visible and the second hidden layer, or with fewer than two outputs.</exception>
    public Network? Classifier
    {
        get => _classifier;
        set => _classifier = DeepNetworks.Checked(value, _layers[0] + _layers[2]);
    }

    /// <summary>Where a layer begins on its side of <see cref="Joined"/>.</summary>
    /// <param name="layer">The layer, 0 for the visible one.</param>
    /// <returns>The number of its first unit.</returns>
    public int StartOf(int layer) => _starts[Checked(layer, _layers.Length)];

    /// <summary>The biases b_l of a layer.</summary>
    /// <param name="layer">The layer, 0 for the visible one.</param>
    /// <returns>A number a unit.</returns>
    public ReadOnlySpan<float> Bias(int layer) =>
        (IsEven(Checked(layer, _layers.Length)) ? Joined.Visible : Joined.Hidden).Bias.Slice(_starts[layer], _layers[layer]);

    /// <summary>Copies the weights W_l between layer l and the next.</summary>
    /// <param name="layer">l, from 0 to L - 1.</param>
    /// <param name="destination">[units of layer l, units of layer l + 1], overwritten.</param>
    /// <exception cref="ArgumentException">The shape differs.</exception>
    public void CopyWeights(int layer, Matrix destination)
    {
        CheckShape(layer, destination, nameof(destination));
        ReadOnlySpan2D<float> block = Block(layer);
        for (int i = 0; i < destination.Rows; i++)
        {
            for (int j = 0; j < destination.Columns; j++)
            {
                destination[i, j] = IsEven(layer) ? block[i, j] : block[j, i];
            }
        }
    }

    /// <summary>Sets the weights W_l between layer l and the next.</summary>
    /// <param name="layer">l, from 0 to L - 1.</param>
    /// <param name="weights">[units of layer l, units of layer l + 1].</param>
    /// <exception cref="ArgumentException">The shape differs, a weight isn't finite, or a unit's weights are too large for exact sums.</exception>
    public void SetWeights(int layer, Matrix weights)
    {
        CheckShape(layer, weights, nameof(weights));
        Span2D<float> block = Block(layer);
        for (int i = 0; i < weights.Rows; i++)
        {
            for (int j = 0; j < weights.Columns; j++)
            {
                (IsEven(layer) ? ref block[i, j] : ref block[j, i]) = weights[i, j];
            }
        }

        Joined.Edit(static (_, _, _) => { });
    }

    /// <summary>Sets the biases of a layer.</summary>
    /// <param name="layer">The layer, 0 for the visible one.</param>
    /// <param name="bias">A finite number a unit.</param>
    /// <exception cref="ArgumentException">The length differs, or a number isn't finite.</exception>
    public void SetBias(int layer, ReadOnlySpan<float> bias)
    {
        Throw.IfLengthDiffers(bias.Length, _layers[Checked(layer, _layers.Length)], nameof(bias));
        UnitLayer side = IsEven(layer) ? Joined.Visible : Joined.Hidden;
        bias.CopyTo(side.MutableParameter(0).Slice(_starts[layer], _layers[layer]));
        Joined.Edit(static (_, _, _) => { });
    }

    /// <summary>
    /// Puts RBMs that were trained one on the other together. A layer's biases are the mean of those that it has in the two machines
    /// that it belongs to.
    /// </summary>
    /// <remarks>
    /// So that a layer's input from both neighbours has the size that it had from one, the lowest machine must have been trained with its
    /// visible units counted twice and the topmost with its hidden units counted twice, and the weights of those between are halved
    /// (Salakhutdinov and Hinton 2009, section 3.2).
    /// </remarks>
    /// <param name="stack">Binary machines, the lowest first, at least two: the hidden units of each are the visible ones of the next.</param>
    /// <param name="halveInner">Whether the weights of the machines between the lowest and the topmost are halved.</param>
    /// <returns>The machine.</returns>
    /// <exception cref="ArgumentException">Fewer than two machines, sizes that don't chain, or units that aren't binary.</exception>
    public static DeepBoltzmannMachine FromStack(IReadOnlyList<Rbm> stack, bool halveInner = true)
    {
        DeepBoltzmannMachine machine = new(LayerSizes.Of(stack, leastHidden: 2));
        for (int layer = 0; layer < stack.Count; layer++)
        {
            Rbm rbm = stack[layer];
            rbm.RequireBinary(nameof(stack));
            float factor = halveInner && layer > 0 && layer < stack.Count - 1 ? 0.5f : 1;
            Matrix weights = new(rbm.Visible.Count, rbm.Hidden.Count);
            for (int i = 0; i < weights.Rows; i++)
            {
                for (int j = 0; j < weights.Columns; j++)
                {
                    weights[i, j] = factor * rbm.WeightMatrix[i, j];
                }
            }

            machine.SetWeights(layer, weights);
            float[] below = rbm.Visible.Bias.ToArray();
            for (int unit = 0; unit < below.Length && layer > 0; unit++)
            {
                below[unit] = 0.5f * (below[unit] + machine.Bias(layer)[unit]);
            }

            machine.SetBias(layer, below);
            machine.SetBias(layer + 1, rbm.Hidden.Bias);
        }

        return machine;
    }

    /// <summary>
    /// Unrolls the machine to a feed-forward network: its inputs are the visible values and the mean-field means of the second hidden layer,
    /// from which the first hidden layer comes as in the machine; then sigmoid layers upwards and linear outputs of zero weights.
    /// </summary>
    /// <remarks>Source: Salakhutdinov and Hinton (2009), section 3.5 and figure 3. Layers above the first lack what comes from above them.</remarks>
    /// <param name="classes">The number of classes, at least 2.</param>
    /// <returns>A new network, with copies of the parameters.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than two classes.</exception>
    public Network ToNetwork(int classes)
    {
        Throw.IfLess(classes, 2);
        ReadOnlySpan2D<float> first = Joined.WeightMatrix.AsSpan2D().Slice(0, 0, _layers[0] + _layers[2], _layers[1]);
        List<DenseLayer> layers = [new DenseLayer(first, Bias(1), UnitFunction.Sigmoid)];
        for (int layer = 1; layer + 1 < _layers.Length; layer++)
        {
            Matrix weights = new(_layers[layer], _layers[layer + 1]);
            CopyWeights(layer, weights);
            layers.Add(new DenseLayer(weights.AsSpan2D(), Bias(layer + 1), UnitFunction.Sigmoid));
        }

        layers.Add(new DenseLayer(_layers[^1], classes, UnitFunction.Linear));
        return new Network(layers);
    }

    /// <summary>Copies one layer's states out of rows of a side of <see cref="Joined"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="side">Rows of the even layers, or of the odd ones: of the side that the layer is on.</param>
    /// <param name="states">As many rows of the layer's units, overwritten.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public void CopyLayer(int layer, BitMatrix side, BitMatrix states)
    {
        CheckSide(layer, side, states);
        for (int row = 0; row < side.Rows; row++)
        {
            LayerBits.Copy(side.Row(row), _starts[layer], states.Row(row), 0, _layers[layer]);
        }
    }

    /// <summary>Sets one layer's states in rows of a side of <see cref="Joined"/>.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="states">Rows of the layer's units.</param>
    /// <param name="side">As many rows of the even layers, or of the odd ones; the other layers' bits stay.</param>
    /// <exception cref="ArgumentException">Shapes differ.</exception>
    public void SetLayer(int layer, BitMatrix states, BitMatrix side)
    {
        CheckSide(layer, side, states);
        for (int row = 0; row < side.Rows; row++)
        {
            LayerBits.Copy(states.Row(row), 0, side.Row(row), _starts[layer], _layers[layer]);
        }
    }

    /// <summary>Whether a layer is on the visible side of <see cref="Joined"/>.</summary>
    internal static bool IsEven(int layer) => (layer & 1) == 0;

    /// <summary>The block of the joined weights that W_l is in: [even layer's units, odd layer's units].</summary>
    internal Span2D<float> Block(int layer) => Block(Joined.WeightMatrix, layer);

    /// <summary>The same block of another matrix of the joined weights' shape.</summary>
    internal Span2D<float> Block(Matrix joined, int layer)
    {
        int even = IsEven(layer) ? layer : layer + 1;
        int odd = IsEven(layer) ? layer + 1 : layer;
        return joined.AsSpan2D().Slice(_starts[even], _starts[odd], _layers[even], _layers[odd]);
    }

    private static int Checked(int layer, int count)
    {
        if ((uint)layer >= (uint)count)
        {
            Throw.OutOfRange(nameof(layer), $"a layer from 0 to {count - 1}", layer);
        }

        return layer;
    }

    private void CheckShape(int layer, Matrix weights, string name)
    {
        ArgumentNullException.ThrowIfNull(weights, name);
        Checked(layer, _layers.Length - 1);
        if (weights.Rows != _layers[layer] || weights.Columns != _layers[layer + 1])
        {
            Throw.Argument(name, $"{_layers[layer]} x {_layers[layer + 1]}", $"{weights.Rows} x {weights.Columns}");
        }
    }

    private void CheckSide(int layer, BitMatrix side, BitMatrix states)
    {
        ArgumentNullException.ThrowIfNull(side);
        ArgumentNullException.ThrowIfNull(states);
        int units = (IsEven(Checked(layer, _layers.Length)) ? Joined.Visible : Joined.Hidden).Count;
        if (side.Columns != units || states.Columns != _layers[layer] || side.Rows != states.Rows)
        {
            Throw.Argument(
                nameof(states), $"rows of {units} and of {_layers[layer]} units", $"{side.Rows} x {side.Columns} and {states.Rows} x {states.Columns}");
        }
    }
}
