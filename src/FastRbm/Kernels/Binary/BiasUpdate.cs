using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using FastRbm.Kernels.Simd;

namespace FastRbm.Kernels.Binary;

/// <summary>The biases' part of a parameter update: step rule, centring, the new bias, its running mean and its fixed-point copy.</summary>
/// <remarks>For one thread, after all tiles of <see cref="WeightUpdate"/>.</remarks>
internal static unsafe class BiasUpdate
{
    /// <summary>Updates both layers' biases; without velocities, only makes their fixed-point copies.</summary>
    /// <param name="level">The vector width.</param>
    /// <param name="copy">The fixed-point copy: its biases are written at its present scale.</param>
    /// <param name="arguments">Those of the weights' update.</param>
    public static void Run(SimdLevel level, FixedPointWeights copy, in WeightUpdateArguments arguments)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                Choose<Vector512<float>, Vector512<int>, Simd512>(copy, arguments);
                break;
            case SimdLevel.Vector256:
                Choose<Vector256<float>, Vector256<int>, Simd256>(copy, arguments);
                break;
            case SimdLevel.Vector128:
                Choose<Vector128<float>, Vector128<int>, Simd128>(copy, arguments);
                break;
            default:
                Choose<float, int, ScalarSimd>(copy, arguments);
                break;
        }
    }

    private static void Choose<TFloat, TInt, TOps>(FixedPointWeights copy, in WeightUpdateArguments arguments)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
    {
        if (arguments.Plain)
        {
            Run<TFloat, TInt, TOps, StepRules.Plain<TFloat, TInt, TOps>>(copy, arguments);
        }
        else if (arguments.WeightSquares == null)
        {
            Run<TFloat, TInt, TOps, StepRules.Momentum<TFloat, TInt, TOps>>(copy, arguments);
        }
        else
        {
            Run<TFloat, TInt, TOps, StepRules.Adam<TFloat, TInt, TOps>>(copy, arguments);
        }
    }

    private static void Run<TFloat, TInt, TOps, TRule>(FixedPointWeights copy, in WeightUpdateArguments arguments)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRule : struct, IStepRule<TFloat, TInt, TOps>
    {
        Layer visible = new()
        {
            Bias = arguments.VisibleBias,
            Gradient = arguments.VisibleGradient,
            Velocity = arguments.VisibleBiasVelocity,
            Squares = arguments.VisibleBiasSquares,
            Average = arguments.WeightAverage == null ? null : arguments.VisibleBiasAverage,
            Shifts = arguments.HiddenOffsets == null ? null : arguments.VisibleShifts,
            ShiftParts = copy.HiddenTiles,
            ShiftStride = copy.VisibleTiles * Tile.Width,
            Target = copy.VisibleBias,
        };
        Layer hidden = new()
        {
            Bias = arguments.HiddenBias,
            Gradient = arguments.HiddenGradient,
            Velocity = arguments.HiddenBiasVelocity,
            Squares = arguments.HiddenBiasSquares,
            Average = arguments.WeightAverage == null ? null : arguments.HiddenBiasAverage,
            Shifts = arguments.HiddenOffsets == null ? null : arguments.HiddenShifts,
            ShiftParts = copy.VisibleTiles,
            ShiftStride = copy.HiddenTiles * Tile.Width,
            Target = copy.HiddenBias,
        };
        Update<TFloat, TInt, TOps, TRule>(arguments, visible, copy.Visible, copy.Scale);
        Update<TFloat, TInt, TOps, TRule>(arguments, hidden, copy.Hidden, copy.Scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Update<TFloat, TInt, TOps, TRule>(in WeightUpdateArguments arguments, in Layer layer, int units, float scale)
        where TFloat : unmanaged
        where TInt : unmanaged
        where TOps : struct, ISimd<TFloat, TInt>
        where TRule : struct, IStepRule<TFloat, TInt, TOps>
    {
        int* norms = stackalloc int[16];
        bool moving = arguments.WeightVelocity != null;
        for (int unit = 0; unit < units; unit += TOps.Width)
        {
            TFloat bias = TOps.Load(layer.Bias + unit);
            if (moving)
            {
                TFloat decay = TOps.Multiply(bias, TOps.Create(arguments.BiasDecay));
                TFloat change = TRule.Change(arguments, TOps.Load(layer.Gradient + unit), decay, layer.Velocity + unit, layer.Squares + unit);
                for (int part = 0; layer.Shifts != null && part < layer.ShiftParts; part++)
                {
                    change = TOps.Subtract(change, TOps.Load(layer.Shifts + ((nint)part * layer.ShiftStride) + unit));
                }

                bias = TOps.Add(bias, change);
                TOps.Store(bias, layer.Bias + unit);
            }

            if (layer.Average != null)
            {
                TFloat mean = TOps.Load(layer.Average + unit);
                TOps.Store(TOps.FusedMultiplyAdd(TOps.Subtract(bias, mean), TOps.Create(arguments.AverageRate), mean), layer.Average + unit);
            }

            WeightUpdate.Quantise<TFloat, TInt, TOps>(bias, scale, layer.Target + unit, norms);
        }
    }

    private struct Layer
    {
        public float* Bias;
        public float* Gradient;
        public float* Velocity;
        public float* Squares;
        public float* Average;
        public float* Shifts;
        public int ShiftParts;
        public int ShiftStride;
        public int* Target;
    }
}
