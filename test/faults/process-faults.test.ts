import { describeRows } from './describe-rows.js';

describeRows('process');
