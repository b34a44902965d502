namespace FastRbm.Kernels.Activation;

/// <summary>Flips of visible units, a coefficient each, of which <see cref="FlipGradient"/> sums the gradients.</summary>
internal unsafe struct FlipGradientArguments
{
    /// <summary>W [visible][WeightStride], zero-padded to tiles of 16 columns.</summary>
    public float* Weights;

    /// <summary>Floats from one row of W to the next.</summary>
    public nint WeightStride;

    /// <summary>The number of visible units.</summary>
    public int Units;

    /// <summary>The number of rows of data, at least 1.</summary>
    public int Rows;

    /// <summary>
    /// Panels [tile][PanelRows][4][16]: p = sigmoid(x), q = sigmoid(-x), the row's sum (written), and x. Where there is no hidden unit p is
    /// 0, q is 1 and x is so low that its sigmoid is 0.
    /// </summary>
    public float* Panels;

    /// <summary>Rows that a tile of <see cref="Panels"/> has room for.</summary>
    public nint PanelRows;

    /// <summary>The rows of each unit [visible][ListStride]: first those where it is off, then those where it is on, each ascending.</summary>
    public int* Order;

    /// <summary>The coefficients in the same places.</summary>
    public float* Coefficients;

    /// <summary>Elements from one unit's list to the next.</summary>
    public nint ListStride;

    /// <summary>In how many rows each unit is off.</summary>
    public int* OffCounts;

    /// <summary>Not 0 for units with weights beyond <see cref="FlipGradient.MostWeight"/>, which go by sigmoids.</summary>
    public int* Strong;

    /// <summary>Gradient of W [visible][GradientStride], written, padding too, which stays zero.</summary>
    public float* Gradient;

    /// <summary>Floats from one row of the gradient to the next.</summary>
    public nint GradientStride;

    /// <summary>Gradient of the hidden biases, written with its padding up to a whole tile, which stays zero.</summary>
    public float* HiddenGradient;
}
