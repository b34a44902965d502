using FastRbm.Kernels.Elementary;
using FastRbm.Testing;

namespace FastRbm.Tests.Kernels.Elementary;

public sealed class DoubleRowsTests
{
    [Fact]
    public void Every_element_is_one_fused_multiply_add_at_every_length()
    {
        SplitMix64 random = new(2);
        for (int length = 0; length <= 40; length++)
        {
            using GuardedBuffer<double> row = GuardedBuffer<double>.EndingAtGuard(random.NextDoubles(length));
            double[] start = random.NextDoubles(length);
            using GuardedBuffer<double> first = GuardedBuffer<double>.EndingAtGuard(start);
            DoubleRows.Add(0.7, row.Span, first.Span);
            Assert.Equal(Expected(0.7, start, row.Span.ToArray()), first.Span.ToArray());

            start.CopyTo(first.Span);
            using GuardedBuffer<double> second = GuardedBuffer<double>.EndingAtGuard(start);
            using GuardedBuffer<double> third = GuardedBuffer<double>.EndingAtGuard(start);
            DoubleRows.AddPowers((0.3, -0.2, 1.7), row.Span, first.Span, second.Span, third.Span);
            double[] w = row.Span.ToArray();
            Assert.Equal(Expected(0.3, start, w), first.Span.ToArray());
            Assert.Equal(Expected(-0.2, start, Array.ConvertAll(w, static x => x * x)), second.Span.ToArray());
            Assert.Equal(Expected(1.7, start, Array.ConvertAll(w, static x => x * x * x)), third.Span.ToArray());
            first.AssertCanaryIntact();
            second.AssertCanaryIntact();
            third.AssertCanaryIntact();
        }

        Assert.Throws<ArgumentException>(() => DoubleRows.Add(1, new double[3], new double[4]));
        Assert.Throws<ArgumentException>(() => DoubleRows.AddPowers((1, 1, 1), new double[3], new double[3], new double[3], new double[2]));
    }

    private static double[] Expected(double factor, double[] start, double[] row) =>
        [.. start.Zip(row, (sum, value) => Math.FusedMultiplyAdd(factor, value, sum))];
}
